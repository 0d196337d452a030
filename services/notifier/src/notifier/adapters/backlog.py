"""How many mails wait, and how long the oldest has: what tells that the mail server is away."""

from messaging.chores import repeat
from messaging.database import Sessions
from opentelemetry import metrics
from sqlalchemy import text

_meter = metrics.get_meter("entente.notifier")
_pending = _meter.create_gauge(
    "entente.mail.pending", unit="{mail}", description="Mails that no mail server has taken yet"
)
_oldest = _meter.create_gauge(
    "entente.mail.oldest_pending_age", unit="s", description="Age of the oldest of them"
)
_EVERY_SECONDS = 15.0
_LOOK = text(
    "SELECT count(*) AS pending,"
    " coalesce(extract(epoch FROM now() - min(recorded_at)), 0) AS oldest"
    " FROM mail WHERE state = 'pending'"
)


class Backlog:
    """Measures in the background until cancelled."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def run(self) -> None:
        """Measure until cancelled; a failure is left to the next time."""
        await repeat(self.measure, every_seconds=_EVERY_SECONDS, undone="backlog not measured")

    async def measure(self) -> tuple[int, float]:
        """Record, and return, how many mails wait and the age of the oldest in seconds."""
        async with self._sessions() as session:
            row = (await session.execute(_LOOK)).one()
        _pending.set(row.pending)
        _oldest.set(float(row.oldest))
        return row.pending, float(row.oldest)
