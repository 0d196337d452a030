"""A letter: what a mail says, before it becomes HTML and text."""

from dataclasses import dataclass
from enum import StrEnum

from notifier.adapters.local_times import SlotView


class Tone(StrEnum):
    """How a letter looks at a glance."""

    GOOD = "good"
    CALM = "calm"
    ENDED = "ended"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled line; `href` makes a link of it."""

    label: str
    value: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A link that looks like what it does."""

    label: str
    href: str
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that a mail says to one recipient, in the recipient's language.

    `slot` is the time it is about, `previous` the time that no longer holds, `choices` several
    times under `choices_label`. `quote` is what a person wrote.
    """

    language: str
    sender: str
    subject: str
    heading: str
    title: str
    lead: str
    tone: Tone
    footer: str
    label_when: str = ""
    label_before: str = ""
    label_message: str = ""
    slot: SlotView | None = None
    is_off: bool = False
    previous: SlotView | None = None
    choices_label: str = ""
    choices: tuple[SlotView, ...] = ()
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    quote: str | None = None
    buttons: tuple[Button, ...] = ()
