"""Project pages at the desk: a company's calls by what they are worth, one as a page, the same as a file (P40)."""

from typing import Literal, NamedTuple

from digests.project import Sheet
from digests.project_docx import project_docx
from digests.project_pdf import project_pdf
from terms.company import Company
from terms.person import Scope
from terms.project import ProjectPage
from watch.desk_decide import find
from watch.desk_queue import Workroom, read_scope_maps
from watch.handover import project_sheet
from watch.project import Ranked, project_page, rank_projects

FileKind = Literal["docx", "pdf"]


class Listed(NamedTuple):
    """A company served with its projects, most worth first."""

    company: Company
    projects: tuple[Ranked, ...]


class Shown(NamedTuple):
    """One project in the reader's language."""

    page: ProjectPage
    sheet: Sheet


def list_projects(room: Workroom, scope: Scope, company_key: str) -> Listed:
    """The open calls of one company. Raises NotFound for a company that others serve."""
    scope.require(company_key)
    return Listed(read_scope_maps(room, scope)[company_key], tuple(rank_projects(room.house, company_key)))


def show_project(room: Workroom, scope: Scope, need_key: str, ref: str, language: str | None) -> Shown:
    """One need with one call. language: None for the company's first. Raises NotFound as `find` and `project_page`."""
    company_key = need_key.partition("/")[0]
    entry = find(room, scope, company_key, ref)
    page = project_page(room.house, need_key, entry.item_key)
    return Shown(page, project_sheet(room.house, page, language))


def project_file(shown: Shown, kind: FileKind) -> bytes:
    """The page as a document to edit, or to print."""
    return project_docx(shown.sheet, shown.page.made_at) if kind == "docx" else project_pdf(shown.sheet)
