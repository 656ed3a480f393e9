"""Engagements: the chain from item to result, a step noted, the half-year report as page and PDF (P44)."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from desk.visit import Visit, Visitor
from terms.outcome import Ending, OutcomeVerb
from watch import desk_halfyear, desk_outcomes
from watch.desk_companies import company_of
from watch.desk_outcomes import Note
from watch.desk_stamp import network_stamp
from watch.desk_timeline import timeline

router = APIRouter()
Field = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=8_000)]
VerbField = Annotated[OutcomeVerb, Form()]
EndingField = Annotated[Literal["", "won", "lost", "withdrawn"], Form()]
Half = Annotated[str, Query(max_length=20)]
Language = Annotated[Literal["", "en", "nb"], Query()]


@router.get("/engagements")
def show_engagements(visit: Visitor) -> Response:
    """Every company served: month so far, and how far its items came; worked out aside."""
    room, scope = visit.desk.room, visit.served
    key = f"engagements {network_stamp(room, scope)} {desk_outcomes.noted_so_far(room)}"
    work = visit.desk.aside.start(key, "", lambda: desk_outcomes.engagements(room, scope))
    return visit.page("engagements_part.html" if visit.is_part else "engagements.html", work=work)


@router.get("/companies/{company_key}/engagement")
def show_engagement(visit: Visitor, company_key: str, half: Half = "", ref: Half = "", done: str = "") -> Response:
    """One company: time line, steps, a form, the half-year. ref: the item that the form begins with."""
    said = visit.t(f"engagement.done.{done}") if done in ("noted", "undone") else ""
    return _page(visit, company_key, half, {"ref": ref.upper()}, said=said)


@router.post("/companies/{company_key}/outcomes")
def note_step(
    visit: Visitor, company_key: str, ref: Field, verb: VerbField, happened_on: Field = "", ending: EndingField = "",
    amount_eur: Field = "", note: Long = "",
) -> Response:  # fmt: skip
    """What became of an item; or undo, which takes its last step back."""
    written = {"ref": ref, "verb": verb, "on": happened_on, "ending": ending, "eur": amount_eur, "note": note}
    try:
        desk_outcomes.note_step(visit.desk.room, visit.served, company_key, _note(visit, written, verb, ending or None))
    except ValueError as error:
        return _page(visit, company_key, "", written, trouble=str(error), status=400)
    done = "undone" if verb == "undo" else "noted"
    return RedirectResponse(f"/companies/{company_key}/engagement?done={done}", 303)


@router.get("/companies/{company_key}/engagement/{half}/pdf")
def give_pdf(visit: Visitor, company_key: str, half: str, language: Language = "") -> Response:
    """The report as a file, in the company's language unless told."""
    content = desk_halfyear.company_pdf(visit.desk.room, visit.served, company_key, half, language or None)
    return _pdf(content, f"{company_key}-{half}")


@router.get("/network-report")
def show_network(visit: Visitor, half: Half = "") -> Response:
    """Half a year over all companies served; what fewer than three stand behind is hidden."""
    room, scope = visit.desk.room, visit.served
    shown = half or desk_halfyear.present_half(room)
    key = f"network half {shown} {visit.language} {network_stamp(room, scope)} {desk_outcomes.noted_so_far(room)}"
    work = visit.desk.aside.start(
        key, "", lambda: desk_halfyear.network_report(room, scope, half or None, visit.language)
    )
    page = "network_report_part.html" if visit.is_part else "network_report.html"
    return visit.page(page, work=work, shown_half=shown, halves=desk_halfyear.network_halves(room, scope))


@router.get("/network-report/{half}/pdf")
def give_network_pdf(visit: Visitor, half: str, language: Language = "") -> Response:
    """The same as a file."""
    content = desk_halfyear.network_pdf(visit.desk.room, visit.served, half, language or visit.language)
    return _pdf(content, f"network-{half}")


def _page(
    visit: Visit, company_key: str, half: str, written: dict[str, str], *, said: str = "", trouble: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    room, scope = visit.desk.room, visit.served
    company = company_of(room, scope, company_key)
    steps = desk_outcomes.steps_of(room, scope, company_key)
    today = visit.desk.house.clock().date()
    halves = desk_halfyear.halves_of(room, scope, company_key)
    return visit.page(
        "engagement.html",
        company=company,
        report=desk_halfyear.company_report(room, scope, company_key, half or None, visit.language),
        steps=steps,
        drawn=timeline(company.engagement, steps, today),
        choices=desk_outcomes.choices(room, scope, company_key),
        halves=halves,
        shown_half=half or halves[0],
        month_no=desk_outcomes.month_of(company, today),
        months=desk_outcomes.months_of(company),
        last_of={one.ref: number for number, one in enumerate(steps)},
        today=today,
        written=written,
        said=said,
        trouble=trouble,
        status=status,
    )


def _note(visit: Visit, written: dict[str, str], verb: OutcomeVerb, ending: Ending | None) -> Note:
    """Raises ValueError for a day or a sum that is none."""
    digits = "".join(written["eur"].split())
    if digits and not (digits.isascii() and digits.isdigit()):
        raise ValueError(visit.t("engagement.no_sum"))
    on = date.fromisoformat(written["on"]) if written["on"] else None
    return Note(written["ref"], verb, on, ending, int(digits) if digits else None, written["note"])


def _pdf(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)
