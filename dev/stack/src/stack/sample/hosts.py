"""Two people who can be booked: Ada in Paris with CalDAV, Grace in New York with an ICS link."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from entente_contracts import HostChanged, encode, envelope_for
from entente_contracts.host import HostStatus, LocalRange, WeekdayHours, WorkingHours
from messaging.broker import build_producer
from messaging.settings import KafkaSettings

TENANT = "demo"
_NAMESPACE = UUID("6d1f8f6e-53a5-5c7b-9a0a-3b0f4d6c2e11")
_OFFICE_HOURS = WorkingHours(
    weekly=tuple(
        WeekdayHours(weekday=day, hours=(LocalRange(start="09:00", end="17:00"),))
        for day in range(1, 6)
    )
)


@dataclass(frozen=True, slots=True)
class SampleHost:
    """A host; `owner` is the subject of the token that may change its connections."""

    owner: str
    name: str
    timezone: str
    locale: str

    @property
    def host_id(self) -> UUID:
        """The same id in every demo."""
        return uuid5(_NAMESPACE, self.owner)


ADA = SampleHost("ada", "Ada Lovelace", "Europe/Paris", "fr")
GRACE = SampleHost("grace", "Grace Hopper", "America/New_York", "en")


async def announce(bootstrap_servers: str, *hosts: SampleHost) -> None:
    """Publish the hosts as their directory would."""
    producer = build_producer(
        KafkaSettings(bootstrap_servers=bootstrap_servers), client_id="sample-hosts"
    )
    await producer.start()
    try:
        for host in hosts:
            event = _event(host)
            envelope = envelope_for(event, source="/sample", time=datetime.now(UTC))
            await producer.send_and_wait(
                HostChanged.topic.name,
                encode(event),
                key=event.key().encode(),
                headers=envelope.to_headers(),
            )
    finally:
        await producer.stop()


def _event(host: SampleHost) -> HostChanged:
    return HostChanged(
        tenant_id=TENANT,
        host_id=host.host_id,
        owner=host.owner,
        name=host.name,
        address=f"{host.owner}@example.org",
        timezone=host.timezone,
        working_hours=_OFFICE_HOURS,
        locale=host.locale,
        status=HostStatus.ACTIVE,
        revision=1,
        changed_at=datetime.now(UTC),
    )
