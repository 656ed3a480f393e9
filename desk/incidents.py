"""Incidents: what goes on, who takes care of it and how far they are (P36)."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from desk.visit import Visitor
from terms.care import CareState
from watch.desk_incidents import LONGEST_NOTE, open_trouble, take_care, trouble

router = APIRouter()
State = Annotated[CareState, Form()]
Owner = Annotated[str, Form(max_length=32)]
Note = Annotated[str, Form(max_length=4 * LONGEST_NOTE)]


@router.get("/incidents")
def show_incidents(visit: Visitor) -> Response:
    """What needs somebody, then what is over or settled."""
    return visit.page("incidents.html", found=trouble(visit.desk.room, visit.served))


@router.get("/incidents/{incident_key}")
def show_incident(visit: Visitor, incident_key: str, done: int = 0) -> Response:
    """One incident with its steps. done: whether something has just been saved."""
    page = open_trouble(visit.desk.room, visit.served, incident_key)
    return visit.page("incident.html", page=page, said=visit.t("incidents.saved") if done else "")


@router.post("/incidents/{incident_key}")
def care_for(visit: Visitor, incident_key: str, state: State, owner: Owner = "", note: Note = "") -> Response:
    """Who acts, and how far they are."""
    take_care(visit.desk.room, visit.served, incident_key, state, owner, note)
    return RedirectResponse(f"/incidents/{incident_key}?done=1", 303)
