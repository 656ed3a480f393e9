"""From a ref the whole chain: mail, digest, decision, match, item, capture, source."""

from fastapi import APIRouter, Response

from desk.visit import Visitor
from watch.desk_explain import explain_line

router = APIRouter()


@router.get("/explain/{ref}")
def show_chain(visit: Visitor, ref: str) -> Response:
    """Every chain of one ref."""
    return visit.page("explain.html", chains=explain_line(visit.desk.room, visit.served, ref), ref=ref.upper())
