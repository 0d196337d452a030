"""Composing letters: which words, times and buttons a notice becomes."""

from collections.abc import Iterator
from dataclasses import dataclass

from notifier.adapters.catalog import Catalog, catalog_for
from notifier.adapters.letter import Button, Fact, Letter, Tone
from notifier.adapters.local_times import LocalTimes
from notifier.domain.booking import Canceller
from notifier.domain.breakage import Breakage, Owner
from notifier.domain.guest_links import GuestLinks
from notifier.domain.notices import Kind, Notice, Part
from notifier.domain.parties import Party, Role
from notifier.domain.slot import Slot

_MOST_IN_SUBJECT = 80
_TONES = {
    Kind.INVITATION: Tone.GOOD,
    Kind.UPDATE: Tone.GOOD,
    Kind.CANCELLATION: Tone.ENDED,
    Kind.DECLINE: Tone.ENDED,
    Kind.EXPIRY: Tone.ENDED,
    Kind.CONFLICT: Tone.WARNING,
}


@dataclass(frozen=True, slots=True)
class Letters:
    """Composes letters; `sender` is what the product calls itself."""

    links: GuestLinks
    sender: str

    def compose(self, notice: Notice) -> Letter:
        """Return what a notice says to its party."""
        booking, party = notice.booking, notice.party
        say = catalog_for(party.locale)
        times = LocalTimes(party.timezone, party.locale, say.language)
        other = times.listed(tuple(p.name or p.address for p in _others(notice)))
        names = {"other": other, "title": shortened(booking.title)}
        slot = notice.previous_slot if _leaves(notice) else booking.slot
        if slot is not None:
            names["when"] = times.short(slot)
        label, choices = _choices(notice)
        return Letter(
            language=say.language,
            sender=self.sender,
            subject=say(f"{notice.text}.subject", **names),
            heading=say(f"{notice.text}.heading"),
            title=booking.title,
            lead=say(_lead_key(notice, say), **names),
            tone=_tone(notice),
            footer=say("footer.booking", sender=self.sender),
            label_when=say("label.when"),
            label_before=say("label.before"),
            label_message=say("label.message"),
            slot=times.slot(slot) if slot is not None else None,
            is_off=notice.kind is Kind.CANCELLATION
            or (notice.kind is Kind.DECLINE and not booking.stands),
            previous=times.slot(notice.previous_slot)
            if notice.previous_slot and not _leaves(notice)
            else None,
            choices_label=say(label) if choices else "",
            choices=tuple(times.slot(choice) for choice in choices),
            facts=tuple(_facts(notice, say, times)),
            notes=tuple(_notes(notice, say, times)),
            quote=booking.reason,
            buttons=tuple(self._buttons(notice, say)),
        )

    def compose_breakage(self, breakage: Breakage, owner: Owner) -> Letter:
        """Return what an owner is told of a broken connection."""
        say = catalog_for(owner.locale)
        times = LocalTimes(owner.timezone, owner.locale, say.language)
        names = {"calendar": breakage.calendar, "since": times.moment(breakage.since)}
        fault = f"fault.{breakage.fault}"
        return Letter(
            language=say.language,
            sender=self.sender,
            subject=say("broken.subject", calendar=shortened(breakage.calendar)),
            heading=say("broken.heading"),
            title=breakage.calendar,
            lead=say("broken.gone" if breakage.is_gone else "broken.lead", **names),
            tone=Tone.WARNING,
            footer=say("footer.owner", sender=self.sender),
            notes=(say(fault if say.has(fault) else "fault.other"), say("broken.action")),
        )

    def sender_name(self, notice: Notice) -> str:
        """Return whom a mail is from: for the guest, the host by name."""
        hosts = notice.booking.hosts
        if notice.party.role is Role.HOST or len(hosts) != 1 or not hosts[0].name:
            return self.sender
        say = catalog_for(notice.party.locale)
        return say("name.via", name=shortened(hosts[0].name), sender=self.sender)

    def _buttons(self, notice: Notice, say: Catalog) -> Iterator[Button]:
        booking, party = notice.booking, notice.party
        page = self.links.page(booking.id, party.role)
        if _leaves(notice):
            return
        if notice.text == "proposal.choose":
            yield Button(say("button.choose"), page, is_primary=True)
            yield Button(say("button.decline"), f"{page}/decline")
        elif notice.kind is Kind.PROPOSAL:
            yield Button(say("button.look"), page)
        elif booking.stands:
            if notice.kind is Kind.REMINDER and booking.web_link:
                yield Button(say("button.join"), booking.web_link, is_primary=True)
            yield Button(say("button.reschedule"), f"{page}/reschedule")
            yield Button(say("button.cancel"), f"{page}/cancel")
        else:
            yield Button(say("button.look"), page)


def shortened(text: str) -> str:
    """Return what a subject has room for of a text that somebody else wrote."""
    return text if len(text) <= _MOST_IN_SUBJECT else f"{text[: _MOST_IN_SUBJECT - 1]}…"


def _tone(notice: Notice) -> Tone:
    """Return how it looks; a meeting that stays though it was to move deserves a second look."""
    if notice.kind is Kind.DECLINE and notice.booking.stands:
        return Tone.WARNING
    return _TONES.get(notice.kind, Tone.CALM)


def _others(notice: Notice) -> tuple[Party, ...]:
    """Return whom the party meets: a host the guest and other hosts, the guest the hosts."""
    booking = notice.booking
    if _leaves(notice):
        return (booking.guest,)
    if notice.party.role is Role.GUEST:
        return booking.hosts
    return (booking.guest, *(h for h in booking.hosts if h.key != notice.party.key))


def _leaves(notice: Notice) -> bool:
    return notice.text == "cancellation.left"


def _lead_key(notice: Notice, say: Catalog) -> str:
    lead = f"{notice.text}.lead"
    return lead if say.has(lead) else f"{notice.text}.by_{_who(notice)}"


def _who(notice: Notice) -> str:
    match notice.booking.cancelled_by:
        case Canceller.HOST | Canceller.GUEST as by:
            return "you" if by.value == notice.party.role.value else "other"
        case Canceller.CALENDAR:
            return "calendar"
        case _:
            return "system"


def _choices(notice: Notice) -> tuple[str, tuple[Slot, ...]]:
    if notice.kind is Kind.PROPOSAL:
        return "label.options", notice.booking.options
    if notice.kind in (Kind.DECLINE, Kind.CONFLICT):
        return "label.alternatives", notice.booking.alternatives
    return "", ()


def _facts(notice: Notice, say: Catalog, times: LocalTimes) -> Iterator[Fact]:
    booking = notice.booking
    if notice.elsewhere is not None:
        yield Fact(say("label.elsewhere"), times.slot(notice.elsewhere).line)
    for number, person in enumerate(_others(notice)):
        label = say("label.with") if number == 0 else ""
        yield Fact(label, person.name or person.address)
    if booking.location:
        yield Fact(say("label.where"), booking.location)
    if booking.conference_url and booking.stands:
        yield Fact(say("label.conference"), booking.conference_url, booking.web_link)
    if booking.description and not _leaves(notice):
        yield Fact(say("label.note"), booking.description)


def _notes(notice: Notice, say: Catalog, times: LocalTimes) -> Iterator[str]:
    booking = notice.booking
    deadline = f"{notice.text}.deadline"
    if booking.expires_at is not None and say.has(deadline):
        yield say(deadline, deadline=times.moment(booking.expires_at))
    if notice.entry is not None:
        yield say(f"entry.{notice.entry.value}")
    elif notice.part is Part.REQUEST:
        yield say("guest.invitation" if notice.kind is Kind.INVITATION else "guest.update")
