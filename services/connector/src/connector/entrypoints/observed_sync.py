"""Syncs as spans and measurements: which calendar, how long, how it ended; never where it is."""

import time
from collections.abc import Awaitable, Callable

from messaging.telemetry import failed
from opentelemetry import metrics, trace

from connector.application.sync_calendar import SyncOutcome
from connector.domain.sync_state import Lease

_tracer = trace.get_tracer("entente.connector")
_duration = metrics.get_meter("entente.connector").create_histogram(
    "entente.connector.sync.duration", unit="s", description="Reading one calendar, by outcome"
)


def observed(
    sync: Callable[[Lease], Awaitable[SyncOutcome]],
) -> Callable[[Lease], Awaitable[SyncOutcome]]:
    """Return the sync with a span around it; what it announces carries that span's trace."""

    async def observed_sync(lease: Lease) -> SyncOutcome:
        attributes = {
            "entente.calendar_id": str(lease.calendar_id),
            "entente.tenant_id": lease.tenant_id,
        }
        started, outcome = time.perf_counter(), "error"
        with _tracer.start_as_current_span(
            "sync calendar",
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                outcome = await sync(lease)
            except Exception as error:
                failed(span, error)
                raise
            else:
                return outcome
            finally:
                span.set_attribute("entente.outcome", outcome)
                _duration.record(time.perf_counter() - started, {"entente.outcome": outcome})

    return observed_sync
