"""The suites by name."""

from collections.abc import Mapping

from bench.suite import Open
from bench.suites import book, caldav, expand, freebusy, project, relay, slots

SUITES: Mapping[str, Open] = {
    "expand": expand.opened,
    "freebusy": freebusy.opened,
    "caldav": caldav.opened,
    "slots": slots.opened,
    "book": book.opened,
    "relay": relay.opened,
    "project": project.opened,
}
