"""Routes that FastAPI describes and that answer without its help.

Passing a request through an app's layers, finding a route among routers, solving dependencies and
keeping stacks of contexts takes FastAPI longer than an answer takes altogether. A quick route is
found by its path before all that, authorises the request and hands it to its endpoint as it is; the
endpoint's parameters are for the OpenAPI document. What goes wrong goes the app's own way.
"""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from webapi import Role, authenticated, requires
from webapi.body_limit import limited
from webapi.problems import PROBLEM_RESPONSES

from availability.entrypoints.http.answering import answering

may_read = requires(Role.OWNER, Role.MEMBER, Role.ASSISTANT, Role.SERVICE)
_FAILURE = "availability.failure"


class QuickRoute(APIRoute):
    """Calls `endpoint(request, principal, parts)` for those who may read."""

    async def answer(self, request: Request) -> Response:
        """Return the endpoint's answer; raise what the app's exception handlers are for."""
        principal = await may_read(await authenticated(request))
        answer: Response = await self.endpoint(request, principal, await answering(request))
        return answer

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Fail as the route did, below the app's exception handlers; refuse other methods."""
        if _FAILURE in scope:
            raise scope[_FAILURE]
        await super().handle(scope, receive, send)


def quick_router(tag: str) -> APIRouter:
    """Return a router whose routes are quick."""
    return APIRouter(tags=[tag], route_class=QuickRoute, responses=PROBLEM_RESPONSES)


def add_quick_routes(app: FastAPI, *routers: APIRouter) -> None:
    """Make the routes the app's own, and have their requests handed to them at once."""
    for router in routers:
        app.include_router(router)
    routes = {
        (method, route.path): route
        for router in routers
        for route in router.routes
        if isinstance(route, QuickRoute)
        for method in route.methods or ()
    }
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: _ShortCut(build(), routes)


class _ShortCut:
    """Answers the requests of quick routes, and leaves the others to the layers of the app."""

    def __init__(self, layers: ASGIApp, routes: Mapping[tuple[str, str], QuickRoute]) -> None:
        self._layers = layers
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            route = self._routes.get((scope["method"], scope["path"]))
            if route is not None:
                scope["route"] = route
                try:
                    answer = await route.answer(Request(scope, limited(receive), send))
                except Exception as error:  # noqa: BLE001 - raised anew below the app's handlers
                    scope[_FAILURE] = error
                else:
                    await answer(scope, receive, send)
                    return
        await self._layers(scope, receive, send)
