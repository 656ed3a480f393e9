"""Outside partners for a need, ranked from projects, papers and patents (P41)."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from desk.visit import Visitor
from watch.desk_partners import find_need, needs_served, partners_for
from watch.desk_stamp import network_stamp

router = APIRouter()


@router.get("/partners")
def show_partners(visit: Visitor, need: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Choose a need; then who could do it with the company, worked out aside, since it reads the whole field."""
    room, scope = visit.desk.room, visit.served
    chosen, work = None, None
    if need:
        chosen = find_need(room, scope, need)
        key = f"partners {need} {network_stamp(room, scope)}"
        work = visit.desk.aside.start(key, "", lambda: partners_for(room, scope, need))
    page = "partners_part.html" if visit.is_part else "partners.html"
    return visit.page(page, work=work, chosen=chosen, need=need, every=needs_served(room, scope))
