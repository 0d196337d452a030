"""Servers that others than this machine's own programs reach: pods of a cluster, containers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """A second address of this machine (a bridge's), at which servers are as in production.

    PostgreSQL and Kafka listen there with TLS, Kafka with SCRAM-SHA-512 for these accounts
    (passwords by name) beside it; the issuer and Radicale in plain HTTP. `name` is what the others
    call the address; the certificate (PEM, its key without a password) has to hold for it. On
    loopback all but the issuer is as ever.
    """

    address: str
    name: str
    certificate: Path
    key: Path
    accounts: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
