"""Attempts at entries as spans and measurements, in the trace of the command that led to them."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from messaging import propagation
from messaging.telemetry import age_seconds, failed
from opentelemetry import metrics, trace
from opentelemetry.context import Context

from connector.adapters.postgres.origin import arrival_of
from connector.application.carry_out_entry import EntryLease, EntryOutcome

PARENT_MAX_AGE = timedelta(hours=1)
"""A trace does not stay open for retries of a day: what comes later is linked to it."""

_tracer = trace.get_tracer("entente.connector")
_duration = metrics.get_meter("entente.connector").create_histogram(
    "entente.connector.entry.duration", unit="s", description="One attempt at an entry, by outcome"
)


def observed_entry(
    attempt: Callable[[EntryLease], Awaitable[EntryOutcome]],
) -> Callable[[EntryLease], Awaitable[EntryOutcome]]:
    """Return the attempt with a span around it; what it announces carries that span's trace."""

    async def observed(lease: EntryLease) -> EntryOutcome:
        command = arrival_of(lease.origin)
        origin, envelope = command.context, command.envelope
        young = envelope is not None and age_seconds(envelope) <= PARENT_MAX_AGE.total_seconds()
        started, outcome = time.perf_counter(), "error"
        with _tracer.start_as_current_span(
            "carry out entry",
            context=origin if young else Context(),
            links=[] if young else propagation.link_to(origin),
            attributes={
                "entente.calendar_id": str(lease.calendar_id),
                "entente.booking_id": str(lease.booking_id),
                "entente.tenant_id": lease.tenant_id,
            },
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                outcome = await attempt(lease)
            except Exception as error:
                failed(span, error)
                raise
            else:
                return outcome
            finally:
                span.set_attribute("entente.outcome", outcome)
                _duration.record(time.perf_counter() - started, {"entente.outcome": outcome})

    return observed
