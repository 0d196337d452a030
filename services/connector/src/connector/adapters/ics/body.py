"""Telling a whole iCalendar stream from what merely answers at its address."""

from connector.domain.source import FailureKind, SourceFailure

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BEGIN = b"BEGIN:VCALENDAR"
_END = b"END:VCALENDAR"


def require_calendar(body: bytes) -> None:
    """Refuse what could pass for a free calendar: nothing, a web page, a stream cut short.

    A cheap look at both ends (RFC 5545 §3.4); what lies between is the expansion's to judge. Raises
    `invalid_answer` (empty, cut) or `not_a_calendar`.
    """
    text = body.removeprefix(_BYTE_ORDER_MARK).strip()
    if not text:
        raise SourceFailure(FailureKind.INVALID_ANSWER, "empty body")
    if text[: len(_BEGIN)].upper() != _BEGIN:
        raise SourceFailure(FailureKind.NOT_A_CALENDAR, "body is not iCalendar")
    if text[-len(_END) :].upper() != _END:
        raise SourceFailure(FailureKind.INVALID_ANSWER, "calendar ends early")
