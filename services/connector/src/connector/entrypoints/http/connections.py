"""Connections of a host."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from connector.application.check_connection import check_connection
from connector.application.choose_calendars import choose_calendars
from connector.application.connect import connect
from connector.application.disconnect import disconnect
from connector.application.rediscover import reconnect, refresh
from connector.application.show_settings import connections_of
from connector.domain.source import CheckResult
from connector.entrypoints.http.accounts import AccountGiven
from connector.entrypoints.http.actor import CurrentActor, InjectedServices
from connector.entrypoints.http.documents import CalendarShown, ConnectionShown, Document

router = APIRouter(tags=["connections"])


class CheckShown(Document):
    """What a test of a connection says."""

    result: CheckResult


class ChosenCalendars(Document):
    """The calendars to read; all others of the connection are not read."""

    calendar_ids: set[UUID] = Field(max_length=200)


@router.post("/v1/hosts/{host_id}/connections", status_code=HTTPStatus.CREATED)
async def connect_account(
    host_id: UUID, given: AccountGiven, actor: CurrentActor, services: InjectedServices
) -> ConnectionShown:
    """Connect an account: it is tried, and its primary calendar, or else all, are read."""
    connection, calendars = await connect(services, actor, host_id, given.to_account())
    return ConnectionShown.of(connection, calendars)


@router.get("/v1/hosts/{host_id}/connections")
async def list_connections(
    host_id: UUID, actor: CurrentActor, services: InjectedServices
) -> list[ConnectionShown]:
    """List a host's connections, oldest first."""
    found = await connections_of(services, actor, host_id)
    return [ConnectionShown.of(connection, calendars) for connection, calendars in found]


@router.post("/v1/connections/{connection_id}/test")
async def test_connection(
    connection_id: UUID, actor: CurrentActor, services: InjectedServices
) -> CheckShown:
    """Try the connection as it stands; changes nothing."""
    return CheckShown(result=await check_connection(services, actor, connection_id))


@router.post("/v1/connections/{connection_id}/refresh")
async def refresh_calendars(
    connection_id: UUID, actor: CurrentActor, services: InjectedServices
) -> list[CalendarShown]:
    """Look again which calendars the account has."""
    return [CalendarShown.of(c) for c in await refresh(services, actor, connection_id)]


@router.put("/v1/connections/{connection_id}/calendars")
async def choose(
    connection_id: UUID, chosen: ChosenCalendars, actor: CurrentActor, services: InjectedServices
) -> list[CalendarShown]:
    """Choose which calendars of the account are read."""
    calendars = await choose_calendars(services, actor, connection_id, chosen.calendar_ids)
    return [CalendarShown.of(calendar) for calendar in calendars]


@router.put("/v1/connections/{connection_id}/account")
async def reconnect_account(
    connection_id: UUID, given: AccountGiven, actor: CurrentActor, services: InjectedServices
) -> list[CalendarShown]:
    """Give new credentials, also after disconnecting; calendars keep their ids."""
    calendars = await reconnect(services, actor, connection_id, given.to_account())
    return [CalendarShown.of(calendar) for calendar in calendars]


@router.delete("/v1/connections/{connection_id}", status_code=HTTPStatus.NO_CONTENT)
async def disconnect_account(
    connection_id: UUID, actor: CurrentActor, services: InjectedServices
) -> None:
    """Disconnect: credentials and events are deleted, the busy time becomes unknown."""
    await disconnect(services, actor, connection_id)
