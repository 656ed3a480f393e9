"""What waits, as a table for a spreadsheet (RELIABILITY F-12)."""

from fastapi import APIRouter, Response

from desk.queue import Chosen, listed_in
from desk.visit import Visitor
from watch.desk_sheet import sheet_of

router = APIRouter()


@router.get("/queue.csv")
def save_queue(visit: Visitor, choice: Chosen) -> Response:
    """The view that the address names, as far as this person serves the companies in it."""
    _, listed = listed_in(visit, choice)
    name = f"varde-{visit.desk.house.clock():%Y-%m-%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    table = sheet_of(visit.desk.room, listed, visit.desk.base_url)
    return Response(table, media_type="text/csv; charset=utf-8", headers=headers)
