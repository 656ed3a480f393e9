"""One need: a form with checks, its versions, and what it would have found last month (P02)."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from desk.visit import Visit, Visitor
from terms.company import Company, Need
from watch.desk_companies import company_of, history
from watch.desk_maps import Checked, check_need, map_stamp, save_map
from watch.desk_proposals import drafted
from watch.desk_trial import last_month

router = APIRouter()
_ASIDE = {"try": "trials", "propose": "proposals"}  # what is worked out beside the page, and where it is shown
_SHORT, _LONG = Field("", max_length=1_000), Field("", max_length=80_000)


class NeedForm(BaseModel):
    """What the form sends: texts, lists one entry a line. seen: of the map. act: `save`, `try` or `propose`."""

    id: str = _SHORT
    title: str = _SHORT
    description: str = _LONG
    include: str = _LONG
    exclude: str = _LONG
    cpc: str = _LONG
    arxiv: str = _LONG
    language: str = _SHORT
    trl_now: str = _SHORT
    trl_target: str = _SHORT
    priority: str = _SHORT
    owner: str = _SHORT
    confidentiality: str = _SHORT
    status: str = _SHORT
    review_on: str = _SHORT
    seen: str = _SHORT
    act: str = _SHORT

    def fields(self) -> dict[str, str]:
        """Without what is the form's own."""
        return self.model_dump(exclude={"seen", "act"})


Written = Annotated[NeedForm, Form()]


@router.get("/companies/{company_key}/needs/{need_id}")
def show_need(visit: Visitor, company_key: str, need_id: str) -> Response:
    """The need as it stands."""
    company = company_of(visit.desk.room, visit.served, company_key)
    need = next((need for need in company.needs if need.id == need_id), None)
    checked = check_need(visit.desk.room, visit.served, company_key, need_id, _texts(need) if need else {})
    return need_page(visit, company, need_id, _texts(need) if need else {}, checked, map_stamp(company))


@router.get("/companies/{company_key}/add-need")
def show_new(visit: Visitor, company_key: str) -> Response:
    """An empty form."""
    company = company_of(visit.desk.room, visit.served, company_key)
    empty = dict.fromkeys(NeedForm.model_fields, "") | {"priority": "3", "language": "en"}
    return need_page(visit, company, None, empty, Checked(None, None, {}, ()), map_stamp(company))


@router.post("/companies/{company_key}/needs/{need_id}")
def take_need(visit: Visitor, company_key: str, need_id: str, written: Written) -> Response:
    """Save as a new version; or first try it on the last month, or ask what could be said."""
    return _take(visit, company_key, need_id, written)


@router.post("/companies/{company_key}/add-need")
def take_new(visit: Visitor, company_key: str, written: Written) -> Response:
    """A further need."""
    return _take(visit, company_key, None, written)


@router.get("/trials/{key}")
def show_trial(visit: Visitor, key: str) -> Response:
    """What a need would have found, or that it is being worked out; the part only where htmx asks."""
    work = visit.desk.aside.find(visit.served, key)
    names = {"work": work, "trial": work.outcome, "here": f"/trials/{key}"}
    return visit.page("trial_part.html" if visit.is_part else "trial.html", **names)


def _take(visit: Visit, company_key: str, need_id: str | None, written: NeedForm) -> Response:
    room, scope = visit.desk.room, visit.served
    company = company_of(room, scope, company_key)
    checked = check_need(room, scope, company_key, need_id, written.fields())
    need, changed = checked.need, checked.company
    if need is None or changed is None:
        return need_page(visit, company, need_id, written.fields(), checked, written.seen, status=400)
    if written.act in _ASIDE:
        key, fields, seen = secrets.token_hex(8), written.fields(), written.seen
        works = {
            "try": lambda: last_month(room, company_key, need),
            "propose": lambda: drafted(room, company_key, need_id, need, fields, seen),
        }
        visit.desk.aside.start(key, company_key, works[written.act])
        return RedirectResponse(f"/{_ASIDE[written.act]}/{key}", 303)
    fresh = save_map(room, scope, changed, written.seen)
    return RedirectResponse(f"/companies/{company_key}?saved={len(fresh)}", 303)


def need_page(
    visit: Visit,
    company: Company,
    need_id: str | None,
    fields: dict[str, str],
    checked: Checked,
    seen: str,
    *,
    status: int = 200,
    is_taken: bool = False,
) -> Response:
    """The form of a need. fields: as written. is_taken: whether proposals were taken over that are not saved yet."""
    versions = history(visit.desk.room, visit.served, company.id, need_id) if need_id else []
    return visit.page(
        "need.html", company=company, need_id=need_id, fields=fields, checked=checked, seen=seen, versions=versions,
        status=status, is_taken=is_taken,
    )  # fmt: skip


def _texts(need: Need) -> dict[str, str]:
    values = {name: getattr(need, name) for name in Need.model_fields}
    return {n: "\n".join(v) if isinstance(v, tuple) else "" if v is None else str(v) for n, v in values.items()}
