"""The application: every page, each route with its row in the access matrix, inside the shield."""

import importlib.util
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Depends, FastAPI, params
from fastapi.routing import APIRoute
from starlette.staticfiles import StaticFiles

from desk import (
    account,
    companies,
    deciding,
    digests,
    engagement,
    errors,
    explain,
    home,
    incidents,
    joint,
    login,
    needs,
    network_map,
    outbox,
    pairs,
    partners,
    people,
    project,
    proposals,
    queue,
    search,
    sheet,
    sources,
)
from desk.access import row_of
from desk.desk import open_desk
from desk.shield import Shield
from desk.visit import admit
from watch.house import House

PAGES: tuple[ModuleType, ...] = (
    home,
    login,
    account,
    deciding,
    queue,
    sheet,
    search,
    digests,
    outbox,
    project,
    explain,
    companies,
    needs,
    proposals,
    sources,
    people,
    joint,
    pairs,
    engagement,
    network_map,
    incidents,
    partners,
)
_PUBLIC = "desk.public"
_STATIC = Path(__file__).parent / "static"


def build(house: House, base_url: str, wall: Callable[[], datetime] | None = None) -> FastAPI:
    """The desk of one house. base_url: as people reach it. wall: the wall clock, for tests.

    Raises LookupError where a route has no row in the access matrix.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_listening)
    app.state.desk = open_desk(house, base_url, wall or (lambda: datetime.now(UTC)))
    for page in PAGES:
        _add(app, page.router, [Depends(admit)])
    for router in _public_routers():
        _add(app, router, [])
    app.mount("/static", StaticFiles(directory=_STATIC), "static")
    errors.add_to(app)
    refuse_unlisted(app)
    app.middleware_stack = Shield(app.build_middleware_stack(), base_url)  # around what answers 500, too
    return app


@asynccontextmanager
async def _listening(app: FastAPI) -> AsyncIterator[None]:
    """What takes long is read aside before the first request asks for it.

    Pages are short and much is read aside: a thread gives way after 0.5 ms instead of 5, since a page asks the ledger a
    dozen times and would wait that long after each.
    """
    sys.setswitchinterval(0.0005)
    app.state.desk.warm_up()
    yield


def _add(app: FastAPI, router: APIRouter, admitted: Sequence[params.Depends]) -> None:
    """Each route by itself: what include_router adds cannot be listed, and the matrix lists every route."""
    for route in router.routes:
        if not isinstance(route, APIRoute):
            raise LookupError(f"{route}: a page has plain routes only")
        app.add_api_route(
            route.path,
            route.endpoint,
            methods=sorted(route.methods or ()),
            status_code=route.status_code,
            dependencies=[*admitted, *route.dependencies],
        )


def refuse_unlisted(app: FastAPI) -> None:
    """Raises LookupError naming every route without a row in desk/access.py."""
    strangers = [f"{method} {path}" for method, path in routes_of(app) if row_of(method, path) is None]
    if strangers:
        raise LookupError(f"routes without a row in desk/access.py: {', '.join(strangers)}")


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every (method, path as routed) of the desk."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in sorted(route.methods or ()))


def _public_routers() -> Iterator[APIRouter]:
    """Pages that readers of mails reach without log-in, where they are installed."""
    if importlib.util.find_spec(_PUBLIC):
        yield import_module(_PUBLIC).router
