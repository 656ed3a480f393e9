"""Half-year reports as a reader gets them: words, charts, and the file (P44)."""

from pathlib import Path

from digests.halfyear import Report, company_report, network_report
from digests.halfyear_pdf import halfyear_pdf
from ledger.audit import append_audit
from terms.halfyear import CompanyHalf, NetworkHalf
from watch.companies import find_company
from watch.house import House


def report_of(house: House, half: CompanyHalf | NetworkHalf, language: str | None) -> Report:
    """In `language`, or in the company's first; English for the network. Raises NotFound."""
    if isinstance(half, NetworkHalf):
        return network_report(half, language or "en")
    company = find_company(house, half.company_key)
    return company_report(half, language or next(iter(company.languages), "en"), company.timezone)


def write_report(house: House, report: Report, half: CompanyHalf | NetworkHalf, to: Path, who: str) -> None:
    """The PDF, complete or not at all; an export, so it is audited (P66)."""
    content = halfyear_pdf(report)
    to.parent.mkdir(parents=True, exist_ok=True)
    fresh = to.with_name(f".{to.name}.tmp")
    fresh.write_bytes(content)
    fresh.replace(to)
    whose = half.company_key if isinstance(half, CompanyHalf) else "network"
    with house.ledger.write() as connection:
        append_audit(connection, who, "report exported", {"company": whose, "half": half.half}, at=house.clock())
