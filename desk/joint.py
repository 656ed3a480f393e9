"""Calls that companies could answer together, for brokers only (P42)."""

from fastapi import APIRouter, Response

from desk.visit import Visit, Visitor
from watch.desk_joint import Shown, find_joint, joint_calls, outsiders, rule_words
from watch.desk_stamp import network_stamp
from watch.desk_trial import Work

router = APIRouter()


@router.get("/joint")
def show_joint(visit: Visitor, single: bool = False) -> Response:
    """Open calls that two companies or more fit, the next deadline first; with single, one company too."""
    work = _worked_out(visit, single)
    page = "joint_part.html" if visit.is_part else "joint.html"
    said = rule_words(visit.desk.room, visit.language)
    return visit.page(page, work=work, single=single, words=said)


@router.get("/joint/{ref}/partners")
def show_outsiders(visit: Visitor, ref: str, single: bool = False) -> Response:
    """Who from outside could fill what one of these calls lacks; worked out aside, since it reads the whole field."""
    room = visit.desk.room
    called = _worked_out(visit, single)
    found: tuple[Shown, ...] = called.outcome or ()
    work = called
    if called.done.is_set() and not called.trouble:
        one = find_joint(found, ref)
        key = f"outsiders {network_stamp(room, visit.served)} {one.cluster_key}"
        work = visit.desk.aside.start(key, "", lambda: outsiders(room, one))
    page = "joint_partners_part.html" if visit.is_part else "joint_partners.html"
    return visit.page(page, work=work, ref=ref.upper(), single=single)


def _worked_out(visit: Visit, single: bool) -> Work:
    room, scope = visit.desk.room, visit.served
    key = f"joint {int(single)} {network_stamp(room, scope)}"
    return visit.desk.aside.start(key, "", lambda: joint_calls(room, scope, single=single))
