"""What to show a person who has a furnished system before them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from stack.sample.furnish import Sample
from stack.sample.hosts import TENANT
from stack.sample.meeting_types import SAMPLES
from stack.stack import Stack


def pages(booking: str) -> Mapping[str, str]:
    """Return where guests book, by what they book; `booking` is the service's base URL."""
    return {kind.summary: f"{booking}/m/{kind.slug}" for kind in SAMPLES}


def first_question(stack: Stack, sample: Sample) -> str:
    """Return a shell command that asks when both sample hosts are free tomorrow."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    body = {
        "hosts": list(sample.hosts.values()),
        "from": f"{tomorrow}T00:00:00Z",
        "to": f"{tomorrow + timedelta(days=7)}T00:00:00Z",
    }
    return f"""
When are Ada and Grace busy in the seven days from tomorrow?

  TOKEN=$(curl -s {stack.issuer.url}/token -d subject=ada -d tenant={TENANT} -d roles=owner \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
  curl -s {stack.services["availability"].url}/v1/free-busy -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -d '{json.dumps(body)}'
"""
