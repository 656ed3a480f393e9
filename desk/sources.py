"""Sources worst first, one source over time, runs, and what learning is worth (P36)."""

from fastapi import APIRouter, Response

from desk.visit import Visitor
from watch.desk_learning import learning_key, learning_rows
from watch.desk_sources import last_runs, source_page, source_rows

router = APIRouter()


@router.get("/sources")
def show_sources(visit: Visitor) -> Response:
    """Every source, worst first."""
    return visit.page("sources.html", rows=source_rows(visit.desk.room))


@router.get("/sources/{name}")
def show_source(visit: Visitor, name: str) -> Response:
    """One source: health, yield over time as a plot with its table, facts."""
    return visit.page("source.html", source=source_page(visit.desk.room, name))


@router.get("/runs")
def show_runs(visit: Visitor) -> Response:
    """The last run of every source, newest first."""
    return visit.page("runs.html", runs=last_runs(visit.desk.room))


@router.get("/learning")
def show_learning(visit: Visitor) -> Response:
    """What decisions teach per need, learned against unlearned; worked out aside, asked for again while it is."""
    room = visit.desk.room
    work = visit.desk.aside.start(learning_key(room), "", lambda: learning_rows(room))
    page = "learning_part.html" if visit.is_part else "learning.html"
    served = [one for one in work.outcome or () if one.company_key in visit.served.companies]
    return visit.page(page, work=work, rows=served)
