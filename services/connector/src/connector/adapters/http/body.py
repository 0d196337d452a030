"""Decoding an answer's body without trusting its size."""

import zlib

from connector.domain.source import FailureKind, SourceFailure

ACCEPT_ENCODING = "gzip"
_GZIP = zlib.MAX_WBITS | 16


class BoundedBody:
    """Collects a body chunk by chunk; at most `limit` + 1 decoded bytes ever exist.

    Only gzip is offered (zlib can stop at a size; the brotli and zstd decoders at hand cannot), so
    any other coding is refused.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        coding = content_encoding.strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip"}:
            raise SourceFailure(FailureKind.INVALID_ANSWER, "content coding that was not offered")
        self._member = None if coding in {"", "identity"} else zlib.decompressobj(_GZIP)
        self._received = 0
        self._decoded = bytearray()
        self._limit = limit

    def feed(self, chunk: bytes) -> None:
        """Add bytes as received; raises `too_large` at the first byte past the limit."""
        self._received += len(chunk)
        if self._member is None:
            self._keep(chunk)
            return
        try:
            while chunk:
                if self._member.eof:
                    self._member = zlib.decompressobj(_GZIP)  # members may follow each other
                room = self._limit - len(self._decoded) + 1
                self._keep(self._member.decompress(chunk, room))
                chunk = self._member.unused_data
        except zlib.error:
            raise SourceFailure(FailureKind.INVALID_ANSWER, "corrupt gzip body") from None

    def finish(self) -> bytes:
        """Give the whole body; raises `invalid_answer` when its gzip form ended early."""
        if self._member is not None and self._received and not self._member.eof:
            raise SourceFailure(FailureKind.INVALID_ANSWER, "gzip body ends early")
        return bytes(self._decoded)

    def _keep(self, decoded: bytes) -> None:
        if len(self._decoded) + len(decoded) > self._limit:
            raise SourceFailure(FailureKind.TOO_LARGE, f"body over {self._limit} bytes")
        self._decoded += decoded
