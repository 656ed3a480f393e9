"""Partners from outside for a need or a call, from all projects, papers, patents and announcements we hold (P41)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, lru_cache

from ledger import companies
from network.lines import line_of_evidence
from network.names import name_key
from network.outside import Field, Seeker, field_of, outside_partners
from network.register import Register
from nlp.text import counted, telling_stem
from terms.company import Company, NeedVersion
from terms.digest import Accepted, Suggestion
from terms.errors import NotFound
from terms.item import Item
from terms.organisation import Deed, Organisation, Partner
from warehouse import items, organisations, projects
from warehouse.store import Warehouse
from watch.collect import source_facts
from watch.companies import find_company
from watch.house import House

MOST = 10
_YEARS_BACK = 10
_MOST_ITEMS = 50_000
_LEAST_SCORE = 0.8
_MOST_SUGGESTED, _MOST_LINES = 2, 3


def partners(house: House, need_key: str, call: str | None = None, most: int = MOST) -> list[Partner]:
    """Ranked organisations for a need, under a call where one is named. Raises NotFound."""
    need = find_need(house, need_key)
    company = find_company(house, need.company_key)
    return partners_of(house, read_field(house), company, need, read_call(house, call) if call else None, most)


def partners_of(
    house: House, field: Field, company: Company, need: NeedVersion, call: Item | None = None, most: int = MOST
) -> list[Partner]:
    """The same over a field that was read before, for many needs."""
    seeker = Seeker(
        name=company.name,
        country=company.country,
        region=company.region,
        today=house.clock().date(),
        call=call.source_id if call else None,
        countries=call.call.countries if call and call.call else (),
    )
    own = need.need
    asked = stems_of(" ".join((own.title, own.title, own.description, *own.include)), own.language)
    if call:
        asked += stems_of(f"{call.title} {call.text[:2_000]}", call.language)
    titles = {name: facts.title for name, facts in source_facts(house).items()}
    return outside_partners(field, asked, seeker, titles, most)


def outside_suggestions(
    house: House, company: Company, accepted: Sequence[Accepted], told: set[tuple[str, str]], known: set[str]
) -> tuple[Suggestion, ...]:
    """For each open need with something accepted the best outside partner that a project or an announcement speaks for.

    told: (company, cluster) of what digests held; known: partners that are suggested already. At most two. A closed
    need gets none: what was found for it would tell what it is about (P04).
    """
    since = (house.clock() - timedelta(days=365 * _YEARS_BACK)).date()
    if not accepted or not _holds_projects(house):
        return ()
    field = _field(house.warehouse, house.warehouse.published.stat().st_mtime_ns, since)
    needs = dict.fromkeys(one.need_key for one in accepted if one.need_title is not None)
    found, names = list[Suggestion](), {name_key(name) for name in known}
    for key in needs:
        need = find_need(house, key)
        ranked = partners_of(house, field, company, need)
        best = next((one for one in ranked if _can_be_told(one, company.id, told, names)), None)
        if best is not None and len(found) < _MOST_SUGGESTED:
            found.append(_suggestion(company.id, need, best))
            names.add(name_key(best.organisation.name))
    return tuple(found)


def _can_be_told(one: Partner, company_key: str, told: set[tuple[str, str]], names: set[str]) -> bool:
    is_new = not any((company_key, evidence.key) in told for evidence in one.evidence)
    has_project = any(evidence.kind in ("project", "announcement") for evidence in one.evidence)
    return is_new and has_project and name_key(one.organisation.name) not in names


def _suggestion(company_key: str, need: NeedVersion, partner: Partner) -> Suggestion:
    return Suggestion(
        kind="partner",
        need_key=need.need_key,
        need_title=need.need.title,
        partner=partner.organisation.name,
        partner_country=partner.organisation.country,
        evidence=tuple(line_of_evidence(company_key, need.need_key, one) for one in partner.evidence[:_MOST_LINES]),
    )


def _holds_projects(house: House) -> bool:
    with house.warehouse.read() as connection:
        return projects.holds_any(connection)


def find_need(house: House, need_key: str) -> NeedVersion:
    """A need as it stands now. Raises NotFound."""
    with house.ledger.read() as connection:
        every = companies.current_needs(connection)
    for version in every:
        if version.need_key == need_key:
            return version
    known = ", ".join(sorted(version.need_key for version in every)[:8])
    raise NotFound(f"there is no need {need_key!r}; there are: {known or 'none, import a need map first'}")


def read_call(house: House, item_key: str) -> Item:
    """A call by its item key, such as `eu_funding:HORIZON-…`. Raises NotFound."""
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, [item_key]).get(item_key)
    if stored is None or stored.item.kind != "call":
        raise NotFound(f"there is no call {item_key!r}; `varde queue` and `varde explain` name the items behind a line")
    return stored.item


def read_field(house: House) -> Field:
    """Everything that can speak for a partner, each organisation once whatever registers and papers call it."""
    since = (house.clock() - timedelta(days=365 * _YEARS_BACK)).date()
    return _read_field(house.warehouse, since)


@lru_cache(maxsize=1)
def _field(warehouse: Warehouse, stamp: int, since: date) -> Field:
    """The same for many companies in a row; `stamp` says when the warehouse was last published."""
    return _read_field(warehouse, since)


def _read_field(warehouse: Warehouse, since: date) -> Field:
    with warehouse.read() as connection:
        known = organisations.read_organisations(connection)
        deeds = [
            *projects.read_project_deeds(connection, since),
            *projects.read_announcement_deeds(connection),
            *projects.read_item_deeds(connection, _MOST_ITEMS),
        ]
    resolved = _resolved(deeds, known)
    return field_of(resolved, known, [stems_of(f"{deed.title} {deed.title} {deed.text}", "en") for deed in resolved])


def _resolved(deeds: Sequence[Deed], known: dict[str, Organisation]) -> list[Deed]:
    """Deeds with the identities of those whom papers and patents only name; a name of no register is one of its own."""
    register = Register(known.values())

    @cache
    def key_of(name: str, country: str | None) -> str:
        found = register.resolve(name, country)
        if found.organisation_key and found.score >= _LEAST_SCORE:
            return found.organisation_key
        key = f"name:{(country or 'xx').lower()}:{name_key(name)}"
        known.setdefault(key, Organisation(organisation_key=key, name=name, country=country))
        return key

    return [
        deed.model_copy(update={"organisations": tuple((key_of(*one), "") for one in deed.named)})
        if deed.named
        else deed
        for deed in deeds
    ]


def stems_of(text: str, language: str) -> Counter[str]:
    """The stems of the words that tell something, counted."""
    found = Counter[str]()
    for form, often in counted(text).items():
        if stem := _stem(form, language):
            found[stem] += often
    return found


@lru_cache(maxsize=200_000)
def _stem(form: str, language: str) -> str:
    return telling_stem(form, language)


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
