"""Where one lands, and whether the desk is alive."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from desk.visit import Visitor

router = APIRouter()


@router.get("/")
def land(visit: Visitor) -> Response:
    """The queue; who serves no company goes to their account, which says what to do."""
    return RedirectResponse("/queue" if visit.served.companies else "/account", 303)


@router.get("/health")
def is_alive(visit: Visitor) -> Response:
    """For a monitor; says nothing of anybody."""
    return PlainTextResponse("ok")
