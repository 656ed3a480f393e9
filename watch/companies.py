"""Need maps in and out of the ledger (P01, P02)."""

from collections import Counter
from typing import NamedTuple

from ledger import companies, decisions, digests
from needs.check import hints
from needs.maps import read_maps
from needs.writing import write_map
from terms.company import Company, NeedVersion
from terms.errors import MapNotUnderstood, NotFound
from warehouse import matches
from watch.house import House


class Imported(NamedTuple):
    """What an import did. hints: soft warnings for the broker, by company."""

    companies: tuple[Company, ...]
    versions: tuple[NeedVersion, ...]
    unwatched: tuple[str, ...]
    hints: tuple[str, ...]


def import_maps(house: House) -> Imported:
    """Take the folder of need maps as the truth of today; refused whole when any file is bad.

    Raises MapNotUnderstood naming file, line and field.
    """
    found = read_maps(house.settings.maps)
    if not found:
        raise MapNotUnderstood(f"{house.settings.maps}: holds no need map; `varde init` writes one to start from")
    now = house.clock()
    with house.ledger.write() as connection:
        fresh = [version for company in found for version in companies.save_company(connection, company, at=now)]
        gone = companies.unwatch_others(connection, [company.id for company in found])
    soft = [f"{company.id}: {hint}" for company in found for hint in hints(company, today=now.date())]
    return Imported(found, tuple(fresh), tuple(gone), tuple(soft))


def export_map(house: House, company_key: str) -> str:
    """The need map of one company as YAML. Raises NotFound."""
    return write_map(find_company(house, company_key))


def find_company(house: House, company_key: str) -> Company:
    """One watched company. Raises NotFound naming those there are."""
    with house.ledger.read() as connection:
        found = companies.read_maps(connection, [company_key]).get(company_key)
        every = companies.company_keys(connection) if found is None else []
    if found is not None:
        return Company.model_validate_json(found)
    known = ", ".join(every) or "none yet; `varde company import` reads your need maps"
    raise NotFound(f"there is no company {company_key!r}; there are: {known}")


def read_watched(house: House) -> list[Company]:
    """Every watched company, by key."""
    with house.ledger.read() as connection:
        return companies.read_companies(connection)


def coverage_table(house: House) -> list[dict[str, str]]:
    """Per need: clusters examined, flagged, accepted, told (P05)."""
    every = read_watched(house)
    with house.warehouse.read() as connection:
        examined = matches.coverage(connection)
    with house.ledger.read() as connection:
        stands = decisions.standing(decisions.read_decisions(connection)).values()
        told = digests.count_told(connection)
    yes = Counter(s.decision.need_key for s in stands if s.decision.verb == "accept")
    return [
        {
            "need": f"{company.id}/{need.id}",
            "title": need.title,
            "status": need.status,
            "examined": str(examined.get(f"{company.id}/{need.id}", (0, 0))[0]),
            "flagged": str(examined.get(f"{company.id}/{need.id}", (0, 0))[1]),
            "accepted": str(yes[f"{company.id}/{need.id}"]),
            "told": str(told.get(f"{company.id}/{need.id}", 0)),
            "broker": company.engagement.broker,
        }
        for company in every
        for need in company.needs
    ]
