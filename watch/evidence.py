"""What a company was told, once each, newest digest first: for export and for its feed."""

from digests.evidence import Form, write_evidence
from ledger import digests
from ledger.digests import Kept
from terms.company import Company
from terms.digest import Line
from watch.companies import find_company
from watch.house import House

_EVERY = ("", "9999-W99")


def export_evidence(house: House, company_key: str, form: Form) -> str:
    """Every line that approved or sent digests of a company hold, in one format. Raises NotFound."""
    return write_evidence(read_evidence(house, find_company(house, company_key)), form)


def read_evidence(house: House, company: Company) -> list[Line]:
    """Each line once, as it was told last, newest first."""
    once = {line.ref: line for kept in reversed(read_told(house, company)) for line in reversed(kept.digest.lines)}
    return list(reversed(once.values()))


def read_told(house: House, company: Company) -> list[Kept]:
    """Approved and sent digests of a company, newest first."""
    with house.ledger.read() as connection:
        return digests.read_told_digests(connection, company.id, *_EVERY)[::-1]
