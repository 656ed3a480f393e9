"""Search over everything stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from desk.visit import Visitor
from watch.desk_queue import read_scope_maps
from watch.desk_search import search

router = APIRouter()


@router.get("/search")
def show_search(visit: Visitor, q: Annotated[str, Query(max_length=500)] = "") -> Response:
    """The form and what was found; the part below the form where htmx asks for it."""
    searcher = visit.desk.searcher
    found = search(visit.desk.room, searcher, visit.served, q) if q.strip() else []
    names = {key: company.name for key, company in read_scope_maps(visit.desk.room, visit.served).items()}
    facts: dict[str, Any] = {"q": q, "found": found, "taken_in": searcher.taken_in, "names": names}
    return visit.page("found.html" if visit.is_part else "search.html", **facts)
