"""The suites by name."""

from collections.abc import Mapping

from bench.suite import Open
from bench.suites import book, expand, freebusy, project, relay

SUITES: Mapping[str, Open] = {
    "expand": expand.opened,
    "freebusy": freebusy.opened,
    "book": book.opened,
    "relay": relay.opened,
    "project": project.opened,
}
