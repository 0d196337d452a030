"""What Entente's HTTP APIs share: problem details, bearer tokens, OpenAPI documents."""

from webapi.app import build_app
from webapi.problems import Problem
from webapi.tokens import (
    OidcSettings,
    Principal,
    Role,
    TokenVerifier,
    authenticated,
    principal_of,
    requires,
)

__all__ = [
    "OidcSettings",
    "Principal",
    "Problem",
    "Role",
    "TokenVerifier",
    "authenticated",
    "build_app",
    "principal_of",
    "requires",
]
