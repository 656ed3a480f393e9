"""The gate as a use case: a call's statements, a company, its aid on record -> verdicts (P23)."""

from datetime import date, datetime
from functools import lru_cache

from digests.gate_said import GateWords
from digests.texts import texts_for
from digests.wording import wording_for
from ledger import aid
from ledger.audit import append_audit
from needs.gate import gate
from nlp.eligibility import statements
from terms.aid import Aid
from terms.company import Company, Need
from terms.errors import NotFound
from terms.gate import Field, Gate, Statement
from terms.item import Item
from watch.companies import find_company
from watch.house import House
from watch.review import find_opportunity

_YEARS = 3  # any period of three years: Regulation (EU) 2023/2831, article 3(2)


@lru_cache(maxsize=4096)
def stated(item: Item) -> tuple[Statement, ...]:
    """What a call's own words state, read once per revision; () for what is no call."""
    call = item.call
    if call is None:
        return ()
    fields: dict[Field, str] = {
        "beneficiaries": call.beneficiaries or "",
        "conditions": call.conditions or "",
        "consortium": call.consortium or "",
        "title": item.title,
        "text": item.text,
    }
    return statements({field: text for field, text in fields.items() if text}, item.language)


def gate_of(item: Item, company: Company, need: Need | None, now: datetime, aid_eur: int | None) -> Gate | None:
    """The verdicts on one call for one company; None for a patent or a publication, which nobody applies to."""
    return gate(item.call, stated(item), company, need, now, aid_eur) if item.call else None


def gate_by_ref(house: House, ref: str) -> tuple[Item, Gate]:
    """The gate of one opportunity by its ref. Raises NotFound, also where it is no call."""
    opportunity = find_opportunity(house, ref)
    company = find_company(house, opportunity.company_key)
    wanted = opportunity.match.need_key.partition("/")[2]
    need = next((need for need in company.needs if need.id == wanted), None)
    found = gate_of(opportunity.item, company, need, house.clock(), aid_on_record(house, company.id))
    if found is None:
        raise NotFound(f"{ref} is a {opportunity.item.kind}; only calls pass the gate")
    return opportunity.item, worded(found, "en", company, house.clock())


def worded(found: Gate, language: str, company: Company, now: datetime) -> Gate:
    """The gate with each verdict in words of `language` (`because`), deadlines in the company's zone."""
    return GateWords(wording_for(texts_for(language), company.timezone, now)).worded(found)


def aid_on_record(house: House, company_key: str) -> int | None:
    """Euro of de minimis aid in the three years up to today; None where nothing is on record."""
    today = house.clock().date()
    with house.ledger.read() as connection:
        return aid.aid_since(connection, company_key, _years_before(today))


def add_aid(house: House, row: Aid, who: str) -> int:
    """Put one grant on record, with an audit row; returns the sum of three years. Raises NotFound, ValueError."""
    find_company(house, row.company_key)
    if not who.strip():
        raise ValueError("who was told? (--broker, or VARDE_BROKER)")
    if row.granted_on > house.clock().date():
        raise ValueError(f"{row.granted_on} lies in the future; aid counts from the day it was granted")
    with house.ledger.write() as connection:
        aid.append_aid(connection, row, who, at=house.clock())
        facts = {"company": row.company_key, "amount_eur": str(row.amount_eur), "giver": row.giver}
        append_audit(connection, who, "aid noted", facts, at=house.clock())
    return aid_on_record(house, row.company_key) or 0


def list_aid(house: House, company_key: str) -> list[Aid]:
    """Every row of one company, oldest first. Raises NotFound."""
    find_company(house, company_key)
    with house.ledger.read() as connection:
        return aid.read_aid(connection, company_key)


def _years_before(today: date) -> date:
    """The same day three years ago; 29 February counts as the 28th."""
    leap = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year - _YEARS, day=28 if leap else today.day)
