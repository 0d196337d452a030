"""Routes that FastAPI describes and that answer without its help.

Finding a route among routers, solving dependencies and keeping stacks of contexts for each request
takes FastAPI longer than an answer takes altogether. A quick route knows its path, authorises the
request and hands it to its endpoint as it is; the endpoint's parameters are for the OpenAPI
document.
"""

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.routing import Match
from starlette.types import Receive, Scope, Send
from webapi import Role, principal_of, requires
from webapi.problems import PROBLEM_RESPONSES

from availability.entrypoints.http.answering import answering

may_read = requires(Role.OWNER, Role.MEMBER, Role.ASSISTANT, Role.SERVICE)
_bearer = HTTPBearer(auto_error=False)


class QuickRoute(APIRoute):
    """Calls `endpoint(request, principal, parts)` for those who may read."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether the request is for this route, whose path has no parameters."""
        if scope["type"] == "http" and scope["path"] == self.path and self._takes(scope):
            return Match.FULL, {"endpoint": self.endpoint, "path_params": {}, "route": self}
        return super().matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; what the endpoint raises is for the app's exception handlers."""
        if not self._takes(scope):
            await super().handle(scope, receive, send)
            return
        request = Request(scope, receive, send)
        principal = await may_read(await principal_of(request, await _bearer(request)))
        answer: Response = await self.endpoint(request, principal, await answering(request))
        await answer(scope, receive, send)

    def _takes(self, scope: Scope) -> bool:
        return scope["method"] in self.methods


def quick_router(tag: str) -> APIRouter:
    """Return a router whose routes are quick."""
    return APIRouter(tags=[tag], route_class=QuickRoute, responses=PROBLEM_RESPONSES)


def add_quick_routes(app: FastAPI, *routers: APIRouter) -> None:
    """Make the routes the app's own, and the first to be tried.

    An included router would search them again.
    """
    app.router.routes[:0] = [route for router in routers for route in router.routes]
