"""Who makes the request, as the use cases see it."""

from typing import Annotated

from fastapi import Depends, Request
from webapi import Principal, Role, principal_of

from connector.application.services import Services
from connector.domain.host import Actor


def _actor_of(principal: Annotated[Principal, Depends(principal_of)]) -> Actor:
    return Actor(
        subject=principal.subject,
        tenant_id=principal.tenant_id,
        owns_accounts=Role.OWNER in principal.roles,
        is_service=Role.SERVICE in principal.roles,
    )


def _services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


CurrentActor = Annotated[Actor, Depends(_actor_of)]
InjectedServices = Annotated[Services, Depends(_services_of)]
