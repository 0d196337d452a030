"""The issuer's endpoints: discovery, keys and tokens."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from issuer.keys import LIFETIME_SECONDS, SigningKey


def build_app(issuer: str) -> Starlette:
    """Return the issuer whose `iss` is the given URL.

    `POST /token` takes `subject`, `tenant` and `roles` (separated by spaces) as a form and signs
    them unseen: the grant type is `client_credentials`, the client is anybody on this machine.
    """
    key = SigningKey(issuer)

    async def discovery(_: Request) -> Response:
        return JSONResponse(
            {
                "issuer": issuer,
                "jwks_uri": f"{issuer}/jwks",
                "token_endpoint": f"{issuer}/token",
                "grant_types_supported": ["client_credentials"],
                "id_token_signing_alg_values_supported": ["ES256"],
            }
        )

    async def jwks(_: Request) -> Response:
        return JSONResponse(key.jwks())

    async def token(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        missing = [name for name in ("subject", "tenant") if not form.get(name)]
        if missing:
            problem = {"error": "invalid_request", "error_description": f"{missing[0]}: missing"}
            return JSONResponse(problem, status_code=400)
        return JSONResponse(
            {
                "access_token": key.token(
                    subject=form["subject"],
                    tenant=form["tenant"],
                    roles=form.get("roles", "").split(),
                ),
                "token_type": "Bearer",
                "expires_in": LIFETIME_SECONDS,
            },
            headers={"Cache-Control": "no-store"},
        )

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", discovery),
            Route("/jwks", jwks),
            Route("/token", token, methods=["POST"]),
        ]
    )
