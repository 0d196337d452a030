"""The settings form of a host's calendars."""

from http import HTTPStatus
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import Field, model_validator
from webapi import Problem

from connector.application.save_settings import save_settings
from connector.application.show_settings import CalendarSettings, settings_of
from connector.domain.calendar import Switches
from connector.entrypoints.http.actor import CurrentActor, InjectedServices
from connector.entrypoints.http.documents import CalendarWithFreshness, Document

router = APIRouter(tags=["settings"])


class SwitchesGiven(Document):
    """One calendar's switches."""

    id: UUID
    blocks_availability: bool
    visible_to_owner: bool
    is_default: bool


class SettingsGiven(Document):
    """The whole form: every calendar that is read."""

    calendars: list[SwitchesGiven] = Field(max_length=200)

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len({calendar.id for calendar in self.calendars}) != len(self.calendars):
            raise ValueError("a calendar is named once")
        return self


class SettingsShown(Document):
    """The whole form as it stands."""

    revision: int
    calendars: list[CalendarWithFreshness]


@router.get("/v1/hosts/{host_id}/calendar-settings")
async def show(
    host_id: UUID, response: Response, actor: CurrentActor, services: InjectedServices
) -> SettingsShown:
    """Show the form; its ETag is the revision to save against."""
    return _shown(await settings_of(services, actor, host_id), response)


@router.put("/v1/hosts/{host_id}/calendar-settings")
async def save(  # noqa: PLR0917 - FastAPI passes them by name
    host_id: UUID,
    given: SettingsGiven,
    response: Response,
    actor: CurrentActor,
    services: InjectedServices,
    if_match: Annotated[str | None, Header(description="The ETag of the form as read")] = None,
) -> SettingsShown:
    """Save the form, all of it or nothing."""
    form = {
        calendar.id: Switches(
            blocks_availability=calendar.blocks_availability,
            visible_to_owner=calendar.visible_to_owner,
            is_default=calendar.is_default,
        )
        for calendar in given.calendars
    }
    saved = await save_settings(
        services, actor, host_id, form, expected_revision=_revision(if_match)
    )
    return _shown(saved, response)


def _revision(if_match: str | None) -> int:
    if if_match is None:
        raise Problem(
            HTTPStatus.PRECONDITION_REQUIRED,
            "if_match_required",
            "Saving needs If-Match with the ETag of the form as it was read.",
        )
    text = if_match.strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() else -1


def _shown(settings: CalendarSettings, response: Response) -> SettingsShown:
    response.headers["ETag"] = f'"{settings.revision}"'
    return SettingsShown(
        revision=settings.revision,
        calendars=[
            CalendarWithFreshness.read(calendar, settings.sync_states[calendar.id])
            for calendar in settings.calendars
        ],
    )
