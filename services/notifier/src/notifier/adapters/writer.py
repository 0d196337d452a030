"""Making whole mails of notices."""

from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifier.adapters.header_fields import Mailbox
from notifier.adapters.itip import icalendar_of
from notifier.adapters.letter import Letter
from notifier.adapters.letters import Letters
from notifier.adapters.mime import CalendarPart, Header, mail_bytes
from notifier.application.mail_address import mailable
from notifier.domain.breakage import Breakage, Owner
from notifier.domain.invitation import invitation_of
from notifier.domain.notices import Notice
from notifier.domain.parties import Party, Role


class MailWriter:
    """`Writer` of HTML mails with a complete text twin, and iCalendar where it belongs.

    `sender_address` is From and ORGANIZER of every mail.
    """

    def __init__(self, letters: Letters, *, sender_address: str) -> None:
        self._letters = letters
        self._sender_address = sender_address
        templates = Environment(
            loader=PackageLoader("notifier.adapters"),
            autoescape=select_autoescape(["html.j2"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._html = templates.get_template("letter.html.j2")
        self._text = templates.get_template("letter.txt.j2")

    def write(self, notice: Notice, *, message_id: str, made_at: datetime) -> bytes:
        """Return the mail that tells a notice, as it goes over the wire."""
        letter = self._letters.compose(notice)
        invitation = invitation_of(notice, stamp=made_at)
        calendar = None
        if invitation is not None:
            content = icalendar_of(
                invitation, organizer=self._sender_address, organizer_name=self._letters.sender
            )
            calendar = CalendarPart(invitation.method, content)
        header = Header(
            sender=_named(self._letters.sender_name(notice), self._sender_address),
            recipient=_named(notice.party.name, notice.party.address),
            reply_to=_reply_to(notice),
            subject=letter.subject,
            message_id=message_id,
            thread=f"<{notice.booking.id}.{notice.party.role}@{self._sender_domain}>",
            made_at=made_at,
            language=letter.language,
        )
        return self._rendered(header, letter, calendar)

    def write_breakage(
        self, breakage: Breakage, owner: Owner, *, message_id: str, made_at: datetime
    ) -> bytes:
        """Return the mail that tells an owner of a broken connection."""
        letter = self._letters.compose_breakage(breakage, owner)
        header = Header(
            sender=_named(self._letters.sender, self._sender_address),
            recipient=_named(owner.name, owner.address),
            subject=letter.subject,
            message_id=message_id,
            made_at=made_at,
            language=letter.language,
        )
        return self._rendered(header, letter, None)

    def html(self, letter: Letter) -> str:
        """Return the HTML of a letter."""
        return self._html.render(letter=letter)

    def text(self, letter: Letter) -> str:
        """Return a letter as plain text."""
        return self._text.render(letter=letter)

    def _rendered(self, header: Header, letter: Letter, calendar: CalendarPart | None) -> bytes:
        return mail_bytes(header, text=self.text(letter), html=self.html(letter), calendar=calendar)

    @property
    def _sender_domain(self) -> str:
        return self._sender_address.rpartition("@")[2]


def _named(name: str, address: str) -> Mailbox:
    return Mailbox(name, mailable(address) or address)


def _reply_to(notice: Notice) -> Mailbox | None:
    """Return whom an answer in words is for: the guest's go to the first host, and back."""
    booking = notice.booking
    partner: Party = booking.hosts[0] if notice.party.role is Role.GUEST else booking.guest
    return None if mailable(partner.address) is None else _named(partner.name, partner.address)
