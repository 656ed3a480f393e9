"""Search over everything stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from desk.visit import Visitor
from watch.desk_search import search

router = APIRouter()


@router.get("/search")
def show_search(visit: Visitor, q: Annotated[str, Query(max_length=500)] = "") -> Response:
    """The form and what was found; the part below the form where htmx asks for it."""
    searcher = visit.desk.searcher
    found = search(visit.desk.room, searcher, visit.served, q) if q.strip() else []
    facts: dict[str, Any] = {"q": q, "found": found, "taken_in": searcher.taken_in}
    return visit.page("found.html" if visit.is_part else "search.html", **facts)
