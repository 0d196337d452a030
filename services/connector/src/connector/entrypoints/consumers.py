"""What the connector hears on Kafka."""

from entente_contracts import (
    HostChanged,
    HostStatus,
    RemoveEntry,
    SyncCalendar,
    WriteEntry,
    topics,
)
from messaging.consumer import Consumer, RecordConsumer
from messaging.delivery import Delivery
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.origin import origin_of
from connector.adapters.postgres.store import store_in
from connector.application.project_host import project_host
from connector.application.request_sync import on_sync_requested
from connector.application.services import Services
from connector.application.take_entry_command import take_entry_command
from connector.domain.host import Host
from connector.subscriptions import GROUP


def consumers(services: Services) -> list[Consumer]:
    """Return the connector's consumers."""

    async def on_host_changed(delivery: Delivery[HostChanged], session: AsyncSession) -> None:
        changed = delivery.message
        host = Host(
            id=changed.host_id,
            tenant_id=changed.tenant_id,
            owner=changed.owner,
            address=changed.address,
            timezone=changed.timezone,
            active=changed.status is HostStatus.ACTIVE,
            revision=changed.revision,
        )
        await project_host(services, store_in(session, cause=delivery), host)

    async def on_sync_calendar(delivery: Delivery[SyncCalendar], session: AsyncSession) -> None:
        command = delivery.message
        await on_sync_requested(
            services,
            store_in(session, cause=delivery),
            command.calendar_id,
            tenant_id=command.tenant_id,
        )

    async def on_entry_command(
        delivery: Delivery[WriteEntry] | Delivery[RemoveEntry], session: AsyncSession
    ) -> None:
        store = store_in(session, cause=delivery)
        await take_entry_command(services, store, delivery.message, origin_of(delivery))

    hosts = RecordConsumer(topics.HOST_EVENTS, group=GROUP)
    hosts.on(HostChanged, on_host_changed)
    commands = RecordConsumer(topics.CALENDAR_COMMANDS, group=GROUP)
    commands.on(SyncCalendar, on_sync_calendar)
    commands.on(WriteEntry, on_entry_command)
    commands.on(RemoveEntry, on_entry_command)
    return [hosts, commands]
