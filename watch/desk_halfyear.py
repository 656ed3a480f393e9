"""Half-year reports as pages and files; a file that leaves is put on record (P44, P66)."""

from digests.halfyear import Report
from digests.halfyear_pdf import halfyear_pdf
from ledger.audit import append_audit
from terms.halfyear import CompanyHalf, NetworkHalf
from terms.person import Scope
from watch.desk_companies import company_of
from watch.desk_queue import Workroom, read_scope_maps
from watch.engagement import company_half, half_of
from watch.engagement_files import report_of
from watch.engagement_network import network_half

_MOST = 12


def company_report(room: Workroom, scope: Scope, company_key: str, half: str | None, language: str | None) -> Report:
    """One company's half-year. Raises NotFound, ValueError."""
    return report_of(room.house, company_half(room.house, scope, company_key, half), language)


def network_report(room: Workroom, scope: Scope, half: str | None, language: str | None) -> Report:
    """The half-year of the companies served; figures of fewer than three are hidden. Raises VardeError, NotFound."""
    return report_of(room.house, network_half(room.house, scope, half), language)


def company_pdf(room: Workroom, scope: Scope, company_key: str, half: str, language: str | None) -> bytes:
    """The same as a file. Raises NotFound, ValueError."""
    made = company_half(room.house, scope, company_key, half)
    return _file(room, scope, made, report_of(room.house, made, language))


def network_pdf(room: Workroom, scope: Scope, half: str, language: str | None) -> bytes:
    """The same as a file. Raises VardeError, NotFound, ValueError."""
    made = network_half(room.house, scope, half)
    return _file(room, scope, made, report_of(room.house, made, language))


def halves_of(room: Workroom, scope: Scope, company_key: str) -> list[str]:
    """The half-years of an engagement up to the present one, newest first. Raises NotFound."""
    start = company_of(room, scope, company_key).engagement.start
    return halves(half_of(start), present_half(room))


def network_halves(room: Workroom, scope: Scope) -> list[str]:
    """From the oldest engagement served to the present half-year, newest first."""
    starts = [company.engagement.start for company in read_scope_maps(room, scope).values()]
    now = present_half(room)
    return halves(half_of(min(starts)), now) if starts else [now]


def present_half(room: Workroom) -> str:
    """Such as `2026-H2`."""
    return half_of(room.house.clock().date())


def halves(first: str, last: str) -> list[str]:
    """From the last back to the first, at most twelve."""
    found, (year, half) = [last], (int(last[:4]), last[-1])
    while found[-1] > first and len(found) < _MOST:
        year, half = (year, "1") if half == "2" else (year - 1, "2")
        found.append(f"{year}-H{half}")
    return found


def _file(room: Workroom, scope: Scope, half: CompanyHalf | NetworkHalf, report: Report) -> bytes:
    content = halfyear_pdf(report)
    whose = half.company_key if isinstance(half, CompanyHalf) else "network"
    with room.house.ledger.write() as connection:
        facts = {"company": whose, "half": half.half}
        append_audit(connection, scope.person.name, "report exported", facts, at=room.house.clock())
    return content
