"""Projects: one need joined with one call, with gate, evidence and partners; as a page, DOCX or PDF (P40)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from desk.visit import Visitor
from watch.desk_digest import names
from watch.desk_project import FileKind, list_projects, project_file, show_project

router = APIRouter()
Language = Annotated[Literal["", "en", "nb"], Query()]
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@router.get("/projects")
def show_projects(visit: Visitor, company: str = "") -> Response:
    """The projects of one company, or which company to choose."""
    served = names(visit.desk.room, visit.served)
    wanted = company or (next(iter(served)) if len(served) == 1 else "")
    listed = list_projects(visit.desk.room, visit.served, wanted) if wanted else None
    return visit.page("projects.html", listed=listed, names=served, company=wanted)


@router.get("/project/{company_key}/{need_id}/{ref}")
def show(visit: Visitor, company_key: str, need_id: str, ref: str) -> Response:
    """The page, in the desk's language."""
    need_key = f"{company_key}/{need_id}"
    shown = show_project(visit.desk.room, visit.served, need_key, ref, visit.language)
    return visit.page("project.html", shown=shown, here=f"/project/{need_key}/{shown.page.ref}")


@router.get("/project/{company_key}/{need_id}/{ref}/{kind}")
def give_file(
    visit: Visitor, company_key: str, need_id: str, ref: str, kind: FileKind, language: Language = ""
) -> Response:
    """The page as a file, in the company's language unless told."""
    shown = show_project(visit.desk.room, visit.served, f"{company_key}/{need_id}", ref, language or None)
    name = f'attachment; filename="{company_key}-{shown.page.ref}.{kind}"'
    return Response(project_file(shown, kind), media_type=_TYPES[kind], headers={"content-disposition": name})
