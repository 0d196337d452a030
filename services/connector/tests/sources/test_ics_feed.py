import gzip
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.egress import EgressPolicy
from connector.adapters.ics.source import FEED, IcsFeed
from connector.domain.source import (
    Changes,
    CheckResult,
    Cursor,
    FailureKind,
    Reading,
    SourceFailure,
    Unchanged,
)
from connector.domain.window import Window
from connector_lab.fault_server import FaultServer, Reply, reply

pytestmark = pytest.mark.integration

LINK = "/url/x?CacheKey=abc&PassphraseKey=s3cret%3D"
WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def calendar(*, summary: str = "Lunch", stamp: int = 1) -> bytes:
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"DTSTAMP:20260101T00000{stamp}Z\r\nDTSTART:20260301T120000Z\r\nSUMMARY:{summary}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


@pytest.fixture
def feed(faults: FaultServer, http: GuardedHttp) -> IcsFeed:
    return IcsFeed(http, faults.address(LINK).reveal())


async def read(feed: IcsFeed, cursor: Cursor | None = None) -> Reading:
    return await feed.read(FEED, cursor, WINDOW)


async def failure_of(feed: IcsFeed, cursor: Cursor | None = None) -> SourceFailure:
    with pytest.raises(SourceFailure) as failure:
        await read(feed, cursor)
    assert "s3cret" not in str(failure.value)
    return failure.value


async def test_first_reading_is_the_whole_feed(faults: FaultServer, feed: IcsFeed) -> None:
    before = datetime.now(UTC)
    headers = {"ETag": '"7"', "Content-Type": "text/plain", "Cache-Control": "public, max-age=7200"}
    faults.answers(LINK, reply(calendar(), headers=headers))
    reading = await read(feed)
    assert isinstance(reading, Changes)
    assert reading.complete
    assert reading.upserted[FEED].content == calendar()
    assert reading.upserted[FEED].media_type == "text/plain"
    assert reading.next_poll_hint == timedelta(hours=2)
    assert before <= reading.as_of <= datetime.now(UTC)
    assert "s3cret" not in repr(reading)
    assert "s3cret" not in str(reading.cursor)


async def test_not_modified_is_a_fresh_reading(faults: FaultServer, feed: IcsFeed) -> None:
    validators = {"ETag": 'W/"7"', "Last-Modified": "Sun, 01 Mar 2026 10:00:00 GMT"}
    faults.answers(LINK, reply(calendar(), headers=validators), reply(status=304))
    first = await read(feed)
    second = await read(feed, first.cursor)
    assert isinstance(second, Unchanged)
    assert second.as_of > first.as_of
    assert second.cursor == first.cursor
    sent = faults.received[1].headers
    assert sent["if-none-match"] == 'W/"7"'
    assert sent["if-modified-since"] == "Sun, 01 Mar 2026 10:00:00 GMT"


async def test_what_the_publisher_wishes_holds_while_nothing_changes(
    faults: FaultServer, feed: IcsFeed
) -> None:
    wishing = calendar().replace(b"VERSION:2.0", b"VERSION:2.0\r\nX-PUBLISHED-TTL:PT6H")
    assert wishing != calendar()
    validators = {"ETag": '"7"', "Cache-Control": "max-age=3600"}
    faults.answers(LINK, reply(wishing, headers=validators), reply(status=304), reply(calendar()))
    first = await read(feed)
    second = await read(feed, first.cursor)
    third = await read(feed, second.cursor)
    hints = [reading.next_poll_hint for reading in (first, second, third)]
    assert hints == [timedelta(hours=6), timedelta(hours=6), None]


async def test_not_modified_without_being_asked_proves_nothing(
    faults: FaultServer, feed: IcsFeed
) -> None:
    faults.answers(LINK, reply(status=304))
    assert (await failure_of(feed)).kind is FailureKind.INVALID_ANSWER


async def test_new_stamps_alone_are_no_change(faults: FaultServer, feed: IcsFeed) -> None:
    faults.answers(LINK, reply(calendar()), reply(calendar(stamp=2)))
    first = await read(feed)
    assert isinstance(await read(feed, first.cursor), Unchanged)


async def test_changed_content_is_a_change(faults: FaultServer, feed: IcsFeed) -> None:
    faults.answers(LINK, reply(calendar()), reply(calendar(summary="Dinner")))
    first = await read(feed)
    second = await read(feed, first.cursor)
    assert isinstance(second, Changes)
    assert second.upserted[FEED].content == calendar(summary="Dinner")


async def test_cursor_of_another_link_is_not_used(
    faults: FaultServer, feed: IcsFeed, http: GuardedHttp
) -> None:
    faults.answers(LINK, reply(calendar(), headers={"ETag": '"7"'}))
    faults.answers("/new", reply(calendar(), headers={"ETag": '"7"'}))
    first = await read(feed)
    moved = IcsFeed(http, faults.address("/new").reveal())
    assert isinstance(await read(moved, first.cursor), Changes)
    assert "if-none-match" not in faults.received[1].headers


async def test_gzip_is_decoded(faults: FaultServer, feed: IcsFeed) -> None:
    packed = gzip.compress(calendar())
    faults.answers(LINK, reply(packed, headers={"Content-Encoding": "gzip"}))
    reading = await read(feed)
    assert isinstance(reading, Changes)
    assert reading.upserted[FEED].content == calendar()


@pytest.mark.parametrize(
    ("scripted", "kind"),
    [
        (reply(b"<html>Please sign in</html>"), FailureKind.NOT_A_CALENDAR),
        (reply(b""), FailureKind.INVALID_ANSWER),
        (reply(b"\xef\xbb\xbf \r\n"), FailureKind.INVALID_ANSWER),
        (reply(status=204), FailureKind.INVALID_ANSWER),
        (reply(calendar()[:-20]), FailureKind.INVALID_ANSWER),
        (reply(calendar(), content_length=len(calendar()) + 9), FailureKind.INVALID_ANSWER),
        (reply(calendar(), content_length=len(calendar()) - 9), FailureKind.INVALID_ANSWER),
        (reply(status=401), FailureKind.AUTHENTICATION),
        (reply(status=403), FailureKind.PERMISSION),
        (reply(status=404), FailureKind.GONE),
        (reply(status=410), FailureKind.GONE),
        (reply(status=418), FailureKind.INVALID_ANSWER),
        (reply(calendar(), status=500), FailureKind.NETWORK),
        (reply(status=503), FailureKind.NETWORK),
        (
            reply(
                gzip.compress(b"BEGIN:VCALENDAR" + bytes(20_000_000)),
                headers={"Content-Encoding": "gzip"},
            ),
            FailureKind.TOO_LARGE,
        ),
        (reply(status=302, headers={"Location": "http://10.0.0.1/"}), FailureKind.ADDRESS_REFUSED),
    ],
)
async def test_nothing_broken_reads_as_a_free_calendar(
    faults: FaultServer, feed: IcsFeed, scripted: Reply, kind: FailureKind
) -> None:
    faults.answers(LINK, scripted)
    assert (await failure_of(feed)).kind is kind
    faults.answers(LINK, reply(calendar(), headers={"ETag": '"7"'}), scripted)
    first = await read(feed)
    assert (await failure_of(feed, first.cursor)).kind is kind


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "120"}, timedelta(minutes=2)),
        (503, {"Retry-After": "120"}, timedelta(minutes=2)),
        (429, {"Retry-After": "99999999999"}, timedelta(days=1)),
        (429, {"Retry-After": "Wed, 01 Jan 2020 00:00:00 GMT"}, timedelta()),
        (429, {"Retry-After": "soon"}, None),
        (429, {"Retry-After": "Mon, 01 Jan 2026 00:00:00 +99999999999999"}, None),
        (429, {}, None),
    ],
)
async def test_throttling_says_how_long_to_wait(
    faults: FaultServer,
    feed: IcsFeed,
    status: int,
    headers: Mapping[str, str],
    wait: timedelta | None,
) -> None:
    faults.answers(LINK, reply(status=status, headers=headers))
    failure = await failure_of(feed)
    assert (failure.kind, failure.retry_after) == (FailureKind.THROTTLED, wait)


async def test_link_offers_one_readable_calendar(faults: FaultServer, feed: IcsFeed) -> None:
    faults.answers(LINK, reply(calendar()))
    (found,) = (await feed.discover()).calendars
    assert (found.remote_id, found.name) == (FEED, "127.0.0.1")
    assert not feed.capabilities.write
    with pytest.raises(SourceFailure, match="gone"):
        await feed.read("another", None, WINDOW)


@pytest.mark.parametrize(
    ("scripted", "result"),
    [
        (reply(calendar()), CheckResult.OK),
        (reply(b"<html>"), CheckResult.NOT_A_CALENDAR),
        (reply(status=401), CheckResult.AUTHENTICATION),
        (reply(status=403), CheckResult.PERMISSION),
        (reply(status=404), CheckResult.NOT_A_CALENDAR),
        (reply(status=500), CheckResult.NETWORK),
        (reply(status=302, headers={"Location": "https://127.0.0.1/"}), CheckResult.NETWORK),
    ],
)
async def test_check_gives_one_of_five_answers(
    faults: FaultServer, feed: IcsFeed, scripted: Reply, result: CheckResult
) -> None:
    faults.answers(LINK, scripted)
    assert await feed.check() is result


async def test_webcal_means_https() -> None:
    http = GuardedHttp(EgressPolicy())
    for url in (" webcal://127.0.0.1/x ", "WEBCALS://127.0.0.1/x"):
        assert (await failure_of(IcsFeed(http, url))).kind is FailureKind.ADDRESS_REFUSED
    with pytest.raises(SourceFailure, match="address_refused"):
        IcsFeed(http, "ftp://h.example/x.ics")
