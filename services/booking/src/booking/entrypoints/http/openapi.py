"""Writes the OpenAPI document: `python -m booking.entrypoints.http.openapi > openapi.json`."""

import json
import sys

from booking.entrypoints.http.app import build_api


def document() -> str:
    """Return the API's OpenAPI document as it is committed."""
    return json.dumps(build_api(None, None, None, None).openapi(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
