"""The app every HTTP API of Entente starts from."""

from fastapi import FastAPI

from webapi.body_limit import MOST_BODY_BYTES, BodyLimit
from webapi.problems import PROBLEM_RESPONSES, ProblemDocument, handle_problems
from webapi.tokens import TokenVerifier


def build_app(
    *,
    title: str,
    description: str,
    version: str,
    verifier: TokenVerifier | None,
    most_body_bytes: int = MOST_BODY_BYTES,
) -> FastAPI:
    """Return an app whose errors are problems and whose OpenAPI document says so.

    `verifier` checks the tokens of endpoints that depend on `principal_of` or `requires`. Bodies
    of more than `most_body_bytes` are refused.
    """
    app = FastAPI(
        title=title,
        description=description,
        version=version,
        openapi_url="/openapi.json",
        docs_url="/docs",
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        separate_input_output_schemas=False,
        # Its own spans hold the full path, and a guest link's path is a secret.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.add_middleware(BodyLimit, most=most_body_bytes)
    app.state.token_verifier = verifier
    handle_problems(app)
    _document_problems(app)
    return app


def _document_problems(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, object]:
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas["ProblemDocument"] = schema
        return document

    app.openapi = openapi
