"""Every calendar part there is, read by ical.js: what Thunderbird and others build on."""

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from notifier.adapters.itip import icalendar_of
from notifier.domain.changes import notices_of
from notifier.domain.facts import Fact
from notifier.domain.invitation import Invitation, invitation_of
from notifier.domain.notices import Notice
from notifier.testing.gallery import gallery
from notifier.testing.lives import NOW, a_booking, a_guest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

SCRIPT = Path(__file__).parent / "icaljs"
CACHE = Path(__file__).parents[4] / ".cache" / "icaljs-invitations"
ORGANIZER = "bookings@entente.example.org"
TEXT = 'Überraschung "名前" 🎉; a, b\\c: ' * 6


def installed() -> Path:
    """Return the script beside what it imports, installed from its lock file."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("invitations were NOT read by ical.js: it needs Node.js 20 or newer and npm")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", ".npmrc", "read.mjs"):
            shutil.copy(SCRIPT / name, CACHE)
        if not (CACHE / "node_modules" / "ical.js").exists():
            subprocess.run(  # noqa: S603 - our own lock file
                [npm, "ci"], cwd=CACHE, check=True, capture_output=True, timeout=240
            )
    return CACHE / "read.mjs"


def read(parts: list[bytes]) -> list[dict[str, Any]]:
    """Return what ical.js makes of each part."""
    done = subprocess.run(  # noqa: S603 - our own script
        [str(shutil.which("node")), installed()],
        input=json.dumps([part.decode() for part in parts]),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def notices() -> list[Notice]:
    hard = a_booking(title=TEXT.strip(), description=TEXT.strip(), guest=a_guest(name=TEXT))
    more = notices_of(Fact.CONFIRMED, hard, before=None, writable={})
    return [*gallery("en"), *gallery("sl"), *more]


def test_another_implementation_reads_what_was_meant() -> None:
    found = (invitation_of(notice, stamp=NOW) for notice in notices())
    invitations = [invitation for invitation in found if invitation is not None]
    parts = [
        icalendar_of(invitation, organizer=ORGANIZER, organizer_name="Entente")
        for invitation in invitations
    ]
    assert {invitation.method.value for invitation in invitations} == {
        "REQUEST",
        "CANCEL",
        "PUBLISH",
    }
    for invitation, answer in zip(invitations, read(parts), strict=True):
        assert answer == expected(invitation)


def expected(invitation: Invitation) -> dict[str, Any]:
    if invitation.is_cancelled:
        status = "CANCELLED"
    else:
        status = None if invitation.method.value == "CANCEL" else "CONFIRMED"
    link = invitation.conference_url
    texts = [text for text in (invitation.description, link) if text]
    return {
        "method": invitation.method.value,
        "others": 0,
        "uid": invitation.uid,
        "sequence": invitation.sequence,
        "status": status,
        "start": int(invitation.slot.start.timestamp()),
        "end": int(invitation.slot.end.timestamp()),
        "zone": "UTC",
        "summary": invitation.summary,
        "description": "\n\n".join(texts) or None,
        "organizer": f"mailto:{ORGANIZER}",
        "attendees": [
            {
                "address": f"mailto:{attendee.address}",
                "name": " ".join(attendee.name.replace('"', " ").split()),
                "partstat": attendee.partstat.value,
                "rsvp": "TRUE" if attendee.answers else "FALSE",
            }
            for attendee in invitation.attendees
        ],
    }
