"""The suites by name."""

from collections.abc import Mapping

from bench.suite import Open
from bench.suites import (
    book,
    caldav,
    expand,
    freebusy,
    growth,
    memory,
    project,
    reads,
    relay,
    saga,
    slots,
)

SUITES: Mapping[str, Open] = {
    "expand": expand.opened,
    "freebusy": freebusy.opened,
    "reads": reads.opened,
    "caldav": caldav.opened,
    "slots": slots.opened,
    "growth": growth.opened,
    "memory": memory.opened,
    "book": book.opened,
    "saga": saga.opened,
    "relay": relay.opened,
    "project": project.opened,
}
