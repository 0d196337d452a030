"""The composition root: everything is built and wired here."""

import base64
import hmac
import logging
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from messaging.service import Build, Parts, Resources, run
from messaging.settings import load
from webapi import TokenVerifier

from connector.adapters.expansion.pool import ExpansionPool, PoolLimits
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.egress import EgressPolicy
from connector.adapters.postgres.entries import ENTRY_CHANNEL
from connector.adapters.postgres.entry_leases import EntryLeases
from connector.adapters.postgres.leases import Leases, LeaseTerms
from connector.adapters.postgres.migrate import migrations
from connector.adapters.postgres.store import PostgresUnitOfWork
from connector.adapters.postgres.sync_states import DUE_CHANNEL
from connector.adapters.sources import Sources
from connector.adapters.vault import AesGcmVault
from connector.application.carry_out_entry import EntryLease, EntryOutcome, carry_out_entry
from connector.application.services import Services, TenantPolicies
from connector.application.sync_calendar import SyncOutcome, sync_calendar
from connector.domain.backoff import Backoff
from connector.domain.deletion_brake import DeletionBrake
from connector.domain.entry_policy import EntryPolicy
from connector.domain.retry import SyncPolicy
from connector.domain.sync_state import Lease
from connector.entrypoints.consumers import consumers
from connector.entrypoints.http.app import build_http
from connector.entrypoints.observed_entry import observed_entry
from connector.entrypoints.observed_sync import observed
from connector.entrypoints.scheduler import Scheduler
from connector.settings import ConnectorSettings, seconds
from connector.subscriptions import PUBLISHES

_ISSUER_SECONDS = 5.0


def main() -> None:
    """Serve until SIGTERM."""
    settings = load(ConnectorSettings)
    # Its debug log quotes headers, and a Location may hold a feed's key.
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    run("connector", settings, builder(settings))


def builder(settings: ConnectorSettings) -> Build:
    """Return what builds the connector's parts from the service's resources."""

    @asynccontextmanager
    async def build(resources: Resources) -> AsyncGenerator[Parts]:
        async with AsyncExitStack() as stack:
            services = await _services(settings, resources, stack)
            issuer = await stack.enter_async_context(httpx.AsyncClient(timeout=_ISSUER_SECONDS))
            app = build_http(services, verifier=TokenVerifier(settings.oidc, issuer))
            tasks = {
                "scheduler": _scheduler(settings, resources, services).run,
                "entries": _entry_scheduler(settings, resources, services).run,
            }
            yield Parts(
                migrations=migrations,
                app=app,
                consumers=consumers(services),
                publishes=PUBLISHES,
                tasks=tasks if settings.sync.enabled else {},
            )

    return build


async def _services(
    settings: ConnectorSettings, resources: Resources, stack: AsyncExitStack
) -> Services:
    pseudonym_key = base64.b64decode(settings.secrets.pseudonym_key.get_secret_value())
    egress, sync, tenants = settings.egress, settings.sync, settings.tenants
    entries = settings.entries
    http = GuardedHttp(
        EgressPolicy(
            allow_http=egress.allow_http,
            allowed_private=egress.allowed_private,
            proxy=egress.proxy.get_secret_value() if egress.proxy else None,
        )
    )
    pool = await stack.enter_async_context(
        ExpansionPool(
            PoolLimits(
                workers=settings.expansion.workers,
                memory_mib=settings.expansion.memory_mib,
                seconds=settings.expansion.seconds,
            ),
            id_key=_derived(pseudonym_key, "occurrence"),
        )
    )
    sources = Sources(http)
    account_key = _derived(pseudonym_key, "account")
    return Services(
        unit_of_work=PostgresUnitOfWork(resources.sessions),
        open_source=sources,
        open_writer=sources.writer,
        expander=pool,
        vault=AesGcmVault.from_text(
            [key.get_secret_value() for key in settings.secrets.encryption_keys]
        ),
        pseudonym=lambda text: hmac.digest(account_key, text.encode(), "sha256").hex(),
        sync_policy=SyncPolicy(
            interval=seconds(sync.interval_seconds),
            first_retry=seconds(sync.first_retry_seconds),
            failures_to_degrade=sync.failures_to_degrade,
            stale_after=seconds(sync.stale_after_seconds),
            freshness=seconds(sync.freshness_seconds),
            second_look=seconds(sync.second_look_seconds),
        ),
        entry_policy=EntryPolicy(
            attempt=seconds(entries.attempt_seconds),
            look=seconds(entries.look_seconds),
            retry=Backoff(
                first=seconds(entries.first_retry_seconds),
                longest=seconds(entries.longest_retry_seconds),
            ),
        ),
        brake=DeletionBrake(share=sync.deletion_share, count=sync.deletion_count),
        tenants=TenantPolicies(
            default_limit=tenants.max_calendars_per_user, limits=tenants.max_calendars_of
        ),
    )


def _scheduler(
    settings: ConnectorSettings, resources: Resources, services: Services
) -> Scheduler[Lease]:
    terms = LeaseTerms(
        length=seconds(settings.sync.lease_seconds), per_server=settings.sync.per_server
    )

    async def sync(lease: Lease) -> SyncOutcome:
        return await sync_calendar(services, lease)

    return Scheduler(
        Leases(resources.sessions, terms),
        observed(sync),
        postgres=settings.postgres,
        channel=DUE_CHANNEL,
        concurrency=settings.sync.concurrency,
    )


def _entry_scheduler(
    settings: ConnectorSettings, resources: Resources, services: Services
) -> Scheduler[EntryLease]:
    async def carry_out(lease: EntryLease) -> EntryOutcome:
        return await carry_out_entry(services, lease)

    return Scheduler(
        EntryLeases(resources.sessions, seconds(settings.entries.lease_seconds)),
        observed_entry(carry_out),
        postgres=settings.postgres,
        channel=ENTRY_CHANNEL,
        concurrency=settings.entries.concurrency,
    )


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode(), "sha256")
