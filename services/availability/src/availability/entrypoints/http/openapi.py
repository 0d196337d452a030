"""Writes the OpenAPI document: `python -m availability.entrypoints.http.openapi > openapi.json`."""

import json
import sys

from availability.entrypoints.http.app import build_http


def document() -> str:
    """Return the API's OpenAPI document as it is committed."""
    return json.dumps(build_http(None, verifier=None).openapi(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
