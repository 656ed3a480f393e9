"""What could be said of a need: proposals that a broker takes over or drops, one by one (P03)."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field

from desk.needs import need_page
from desk.visit import Visitor
from terms.errors import NotFound
from watch.desk_companies import company_of
from watch.desk_maps import check_need
from watch.desk_proposals import Chosen, Draft, taken_over

router = APIRouter()
_Ticked = Annotated[list[str], Field(max_length=50)]


class ChoiceForm(BaseModel):
    """What is ticked."""

    term: _Ticked = []
    code: _Ticked = []
    trl_now: str = Field("", max_length=10)
    trl_target: str = Field("", max_length=10)


@router.get("/proposals/{key}")
def show_proposals(visit: Visitor, key: str) -> Response:
    """What is proposed, or that it is being worked out; the part only where htmx asks."""
    work = visit.desk.aside.find(visit.served, key)
    names = {"work": work, "draft": work.outcome, "here": f"/proposals/{key}"}
    return visit.page("proposals_part.html" if visit.is_part else "proposals.html", **names)


@router.post("/proposals/{key}")
def take_over(visit: Visitor, key: str, ticked: Annotated[ChoiceForm, Form()]) -> Response:
    """The need's form with what was ticked; it is not saved yet."""
    draft = visit.desk.aside.find(visit.served, key).outcome
    if not isinstance(draft, Draft):
        raise NotFound("that is not there any more; start it again")
    company = company_of(visit.desk.room, visit.served, draft.company_key)
    chosen = Chosen(ticked.term, ticked.code, bool(ticked.trl_now), bool(ticked.trl_target))
    fields = taken_over(draft, chosen)
    checked = check_need(visit.desk.room, visit.served, company.id, draft.need_id, fields)
    return need_page(visit, company, draft.need_id, fields, checked, draft.seen, is_taken=True)
