"""How records become effects: read, claim, apply, commit; retry or dead-letter what fails."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from messaging import backoff, failpoints, inbox
from messaging.clients import Record
from messaging.consumer import Consumer
from messaging.database import Sessions
from messaging.dead_letter import DeadLetters, TooManyDeadLettersError
from messaging.delivery import Arrival, Ignored, Tombstone, UnreadableRecordError, read
from messaging.failure import PermanentError, Verdict, classify
from messaging.logs import type_name
from messaging.telemetry import Processing

_logger = logging.getLogger(__name__)

ATTEMPTS_OF_UNKNOWN_FAILURES = 3
RETRY_SECONDS = 30.0


# Below Kafka's max.poll.interval (5 min): past it the group takes the partitions away.
_LONGEST_STRETCH_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the records are done with, and what stopped the rest, if anything did.

    Records that are not done are untouched. No failure and fewer done than given means that it was
    to end or that time is up.
    """

    done: int
    failure: Exception | None = None


class RecordProcessor:
    """Handles a consumer's records in their order; each effect commits with its inbox claim."""

    def __init__(
        self,
        consumer: Consumer,
        *,
        sessions: Sessions,
        dead_letters: DeadLetters,
        processing: Processing,
    ) -> None:
        self.consumer = consumer
        self._sessions = sessions
        self._dead_letters = dead_letters
        self._processing = processing
        self.last_activity = time.monotonic()

    @property
    def halted(self) -> bool:
        """Whether too many dead letters in a row have stopped this consumer for good."""
        return self._dead_letters.exhausted

    async def process(self, records: Sequence[Record], ending: asyncio.Event) -> Progress:
        """Handle records of any partitions in the order given, none more once `ending` is set."""
        started = time.monotonic()
        done = 0
        waiting = deque(_chunks(records, self.consumer.batch_size))
        while waiting:
            if ending.is_set() or time.monotonic() - started > _LONGEST_STRETCH_SECONDS:
                break
            if self.halted:
                return Progress(done, TooManyDeadLettersError(self.consumer.name))
            chunk = waiting.popleft()
            try:
                await self._process_chunk(chunk, ending)
            except _UntouchedError:
                break
            except _PoisonAmongOthersError as found:
                waiting.extendleft(reversed(found.parts))
            except Exception as error:  # noqa: BLE001  # the caller logs it and has the records come again
                return Progress(done, error)
            else:
                done += len(chunk)
        return Progress(done)

    async def _process_chunk(self, records: Sequence[Record], ending: asyncio.Event) -> None:
        """Apply the records in one transaction, or move a lone poison record to the dead letters.

        Raises _PoisonAmongOthersError when they have to be handled in parts, and _UntouchedError
        when they shall not be tried again.
        """
        try:
            arrivals = self._read_all(records)
            if arrivals:
                await self._retry(arrivals, ending)
                self._dead_letters.handled()
        except _PoisonError as poison:
            if len(records) > 1:
                _logger.warning("batch of %d failed, handling one by one", len(records))
                raise _PoisonAmongOthersError([[it] for it in records]) from poison
            await self._add_dead_letter(records[0], poison)
        else:
            self._processing.count(records[0].topic, "ignored", len(records) - len(arrivals))

    def _read_all(self, records: Sequence[Record]) -> Sequence[Arrival]:
        """Read records, without those that are passed over; one that is unreadable stands alone."""
        arrivals: list[Arrival] = []
        for place, record in enumerate(records):
            try:
                arrival = self._read(record)
            except _PoisonError as poison:
                if len(records) == 1:
                    raise
                parts = records[:place], [record], records[place + 1 :]
                raise _PoisonAmongOthersError([it for it in parts if it]) from poison
            if arrival is not None:
                arrivals.append(arrival)
        return arrivals

    def _read(self, record: Record) -> Arrival | None:
        try:
            found = read(
                record,
                accepted=self.consumer.accepted_types,
                max_bytes=self.consumer.max_record_bytes,
                decoder=self.consumer.decoder,
            )
        except UnreadableRecordError as error:
            raise _PoisonError(error, attempts=1) from error
        except Exception as error:
            # Nothing but the record has a part in reading it: what fails now fails the next time.
            unreadable = UnreadableRecordError("unreadable", type_name(error))
            raise _PoisonError(unreadable, attempts=1) from error
        unwanted = isinstance(found, Tombstone) and not self.consumer.accepts_tombstones
        return None if isinstance(found, Ignored) or unwanted else found

    async def _retry(self, arrivals: Sequence[Arrival], ending: asyncio.Event) -> None:
        started = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            self.last_activity = time.monotonic()
            try:
                await self._attempt(arrivals, attempt)
            except Exception as error:
                verdict = classify(error)
                if verdict is Verdict.PERMANENT or (
                    verdict is Verdict.UNKNOWN and attempt >= ATTEMPTS_OF_UNKNOWN_FAILURES
                ):
                    raise _PoisonError(error, attempt) from error
                _logger.warning(
                    "attempt %d failed, will retry: %s", attempt, type_name(error), exc_info=error
                )
                if time.monotonic() - started > RETRY_SECONDS:
                    raise
                await backoff.pause(attempt, ending)
                if ending.is_set():
                    raise _UntouchedError from error
            else:
                return

    async def _attempt(self, arrivals: Sequence[Arrival], attempt: int) -> None:
        topic = arrivals[0].position.topic
        with self._processing.of(arrivals, attempt=attempt) as span:
            async with self._sessions.begin() as session:
                ids = [a.envelope.id for a in arrivals if a.envelope is not None]
                claimed = await inbox.claim(session, self.consumer.name, ids)
                fresh = _first_of_each(arrivals, claimed)
                duplicates = len(arrivals) - len(fresh)
                span.set_attribute("entente.inbox.duplicates", duplicates)
                if fresh:
                    await self.consumer.handle(fresh, session)
                    await failpoints.reach("consumer.in_handler")
            await failpoints.reach("consumer.after_commit")
        self._processing.count(topic, "applied", len(fresh))
        self._processing.count(topic, "duplicate", duplicates)

    async def _add_dead_letter(self, record: Record, poison: "_PoisonError") -> None:
        await self._dead_letters.add(
            record, reason=poison.reason, detail=poison.detail, attempts=poison.attempts
        )
        self._processing.count(record.topic, "dead_letter")


class _UntouchedError(Exception):
    """Nobody waits any more; the records are left to whoever gets them next."""


class _PoisonError(Exception):
    """A record cannot be handled: a code and a description that quotes no content."""

    def __init__(self, error: Exception, attempts: int) -> None:
        super().__init__(type_name(error))
        harmless = isinstance(error, PermanentError)
        self.reason = error.reason if harmless else "handler_failed"
        self.detail = (str(error) if harmless else "") or type_name(error)
        self.attempts = attempts


class _PoisonAmongOthersError(Exception):
    """One of several records cannot be handled; `parts` are to be handled one after the other."""

    def __init__(self, parts: Sequence[Sequence[Record]]) -> None:
        super().__init__()
        self.parts = parts


def _chunks(records: Sequence[Record], size: int) -> Iterable[Sequence[Record]]:
    rest = iter(records)
    while chunk := list(islice(rest, size)):
        yield chunk


def _first_of_each(arrivals: Sequence[Arrival], claimed: AbstractSet[UUID]) -> Sequence[Arrival]:
    """Return what was claimed, each event once, and every record that has no event id."""
    if len(claimed) == len(arrivals):
        return arrivals
    waiting = set(claimed)
    fresh: list[Arrival] = []
    for arrival in arrivals:
        if arrival.envelope is None:
            fresh.append(arrival)
        elif arrival.envelope.id in waiting:
            waiting.remove(arrival.envelope.id)
            fresh.append(arrival)
    return fresh
