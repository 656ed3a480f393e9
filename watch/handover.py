"""Project pages as files that a broker hands over: in the company's language, complete or not at all."""

from pathlib import Path

from digests.project import Sheet, sheet_of
from digests.project_docx import project_docx
from digests.project_pdf import project_pdf
from terms.project import ProjectPage
from watch.companies import find_company
from watch.house import House


def project_sheet(house: House, page: ProjectPage, language: str | None) -> Sheet:
    """The page in `language`, or in the company's first. Raises NotFound."""
    company = find_company(house, page.company_key)
    return sheet_of(page, company, language or company.languages[0])


def write_docx(sheet: Sheet, page: ProjectPage, to: Path) -> None:
    """An editable document."""
    _write(to, project_docx(sheet, page.made_at))


def write_pdf(sheet: Sheet, page: ProjectPage, to: Path) -> None:
    """The same page to print."""
    _write(to, project_pdf(sheet))


def _write(to: Path, content: bytes) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    fresh = to.with_name(f".{to.name}.tmp")
    fresh.write_bytes(content)
    fresh.replace(to)
