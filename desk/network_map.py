"""The network map: companies with the partners and topics that they share; a picture, its filter and its table."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Query, Response

from desk.visit import Visitor
from terms.person import Scope
from watch.desk_digest import names
from watch.desk_map import Chosen, Show, Tied, map_file, map_for, rows_of
from watch.desk_map_picture import Picture, picture_of
from watch.desk_queue import Workroom
from watch.desk_stamp import network_stamp

router = APIRouter()
Key = Annotated[str, Query(max_length=80)]


class Drawn(NamedTuple):
    """What the page shows."""

    picture: Picture
    rows: list[Tied]


def chosen(company: Key = "", show: Show = "both", shared: bool = False) -> Chosen:
    """From the address."""
    return Chosen(company, show, shared)


Choice = Annotated[Chosen, Depends(chosen)]


@router.get("/map")
def show_map(visit: Visitor, choice: Choice) -> Response:
    """The map; worked out aside, since laying it out takes a moment."""
    room, scope = visit.desk.room, visit.served
    if choice.company:
        scope.require(choice.company)
    key = f"map {choice!r} {network_stamp(room, scope)}"
    work = visit.desk.aside.start(key, "", lambda: _drawn(room, scope, choice))
    page = "map_part.html" if visit.is_part else "map.html"
    return visit.page(page, work=work, choice=choice, names=names(room, scope), query=visit.request.url.query)


@router.get("/map/file")
def give_map(visit: Visitor, choice: Choice) -> Response:
    """The picture as SVG."""
    content = map_file(visit.desk.room, visit.served, choice)
    headers = {"content-disposition": 'attachment; filename="network-map.svg"'}
    return Response(content, media_type="image/svg+xml", headers=headers)


def _drawn(room: Workroom, scope: Scope, choice: Chosen) -> Drawn:
    drawn = map_for(room, scope, choice)
    return Drawn(picture_of(drawn), rows_of(drawn))
