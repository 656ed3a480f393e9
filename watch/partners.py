"""Partners from outside for a need or a call, ranked from projects, papers, patents and announcements (P41)."""

from collections.abc import Sequence

from ledger import companies
from network.outside import Asking, Seeker, many_partners
from terms.company import Company, NeedVersion
from terms.errors import NotFound
from terms.item import Item
from terms.organisation import Partner
from warehouse import items
from watch.accepted import source_titles
from watch.companies import find_company
from watch.field import asked_words, read_field
from watch.house import House

MOST = 10


def partners(house: House, need_key: str, call: str | None = None, most: int = MOST) -> list[Partner]:
    """Ranked organisations for a need, under a call where one is named. Raises NotFound."""
    need = find_need(house, need_key)
    company = find_company(house, need.company_key)
    return partners_of(house, company, need, read_call(house, call) if call else None, most)


def partners_of(
    house: House, company: Company, need: NeedVersion, call: Item | None = None, most: int = MOST
) -> list[Partner]:
    """The same for a need at hand."""
    return partners_of_many(house, [(company, need, call)], most)[0]


def partners_of_many(
    house: House, wanted: Sequence[tuple[Company, NeedVersion, Item | None]], most: int = MOST
) -> list[list[Partner]]:
    """The same for many needs over one reading of the field, in their order."""
    asking = [Asking(asked_words(need.need, call), _seeker(house, company, call)) for company, need, call in wanted]
    return many_partners(read_field(house), asking, source_titles(house), most)


def _seeker(house: House, company: Company, call: Item | None) -> Seeker:
    return Seeker(
        name=company.name,
        country=company.country,
        region=company.region,
        today=house.clock().date(),
        call=call.source_id if call else None,
        countries=call.call.countries if call and call.call else (),
    )


def find_need(house: House, need_key: str) -> NeedVersion:
    """A need as it stands now. Raises NotFound."""
    every = read_needs(house)
    if need_key not in every:
        known = ", ".join(sorted(every)[:8])
        raise NotFound(f"there is no need {need_key!r}; there are: {known or 'none, import a need map first'}")
    return every[need_key]


def read_needs(house: House) -> dict[str, NeedVersion]:
    """Every need as it stands now, by its key."""
    with house.ledger.read() as connection:
        return {version.need_key: version for version in companies.current_needs(connection)}


def read_call(house: House, item_key: str) -> Item:
    """A call by its item key, such as `eu_funding:HORIZON-…`. Raises NotFound."""
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, [item_key]).get(item_key)
    if stored is None or stored.item.kind != "call":
        raise NotFound(f"there is no call {item_key!r}; `varde queue` and `varde explain` name the items behind a line")
    return stored.item


def partner_rows(found: Sequence[Partner]) -> list[dict[str, str]]:
    """A row a partner, for a table."""
    return [
        {
            "partner": one.organisation.name,
            "kind": one.organisation.type,
            "country": one.organisation.country or "",
            "score": f"{one.score:.2f}",
            "because": "; ".join(one.because),
            "web": one.organisation.web or "",
        }
        for one in found
    ]


def evidence_rows(found: Sequence[Partner]) -> list[dict[str, str]]:
    """A row a piece of evidence, for a table."""
    return [
        {
            "partner": one.organisation.name,
            "date": told.dated_on.isoformat() if told.dated_on else "",
            "what": told.kind,
            "role": told.role or "",
            "title": told.title,
            "source": told.source_title,
            "url": told.url,
        }
        for one in found
        for told in one.evidence
    ]
