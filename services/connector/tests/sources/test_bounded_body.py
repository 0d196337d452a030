import gzip
import zlib

import pytest
from connector.adapters.http.body import BoundedBody
from connector.domain.source import FailureKind, SourceFailure
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit


def decode(coding: str, *chunks: bytes, limit: int = 1000) -> bytes | FailureKind:
    try:
        body = BoundedBody(coding, limit)
        for chunk in chunks:
            body.feed(chunk)
        return body.finish()
    except SourceFailure as failure:
        return failure.kind


@given(st.binary(max_size=300), st.integers(1, 50), st.booleans())
def test_any_split_decodes_to_the_same_body(content: bytes, step: int, packed: bool) -> None:
    raw = gzip.compress(content) if packed else content
    chunks = [raw[at : at + step] for at in range(0, len(raw), step)]
    assert decode("gzip" if packed else "", *chunks) == content


def test_gzip_members_follow_each_other() -> None:
    assert decode("gzip", gzip.compress(b"ab") + gzip.compress(b"cd")) == b"abcd"


def test_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    body = BoundedBody("gzip", 1000)
    with pytest.raises(SourceFailure, match="too_large"):
        body.feed(bomb)
    assert len(body._decoded) <= 1001  # pyright: ignore[reportPrivateUsage] - memory is the point


def test_limit_itself_is_allowed() -> None:
    assert decode("", b"x" * 1000) == b"x" * 1000
    assert decode("", b"x" * 1001) is FailureKind.TOO_LARGE
    assert decode("gzip", gzip.compress(b"x" * 1000)) == b"x" * 1000


def test_gzip_cut_short_is_invalid() -> None:
    assert decode("gzip", gzip.compress(b"BEGIN")[:-1]) is FailureKind.INVALID_ANSWER
    assert decode("gzip", b"not gzip") is FailureKind.INVALID_ANSWER
    assert decode("gzip") == b""


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_codings_not_offered_are_refused(coding: str) -> None:
    assert decode(coding, zlib.compress(b"x")) is FailureKind.INVALID_ANSWER
