"""One patent, call or publication, in one schema whatever its source (P10)."""

from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term
from terms.source import ItemKind

Status = Literal["forthcoming", "open", "closing soon", "closed", "unknown"]
CLOSING_SOON_DAYS = 21


class Person(Term):
    """An author or inventor. Addresses are never kept."""

    name: str
    role: Literal["author", "inventor"] = "author"
    country: str | None = None


class Organisation(Term):
    """An organisation as the publisher names it. country: ISO 3166-1 alpha-2."""

    name: str
    role: Literal["applicant", "affiliation", "funder", "publisher"] = "affiliation"
    country: str | None = None


class Call(Term):
    """What only a call for funding has. Money in euro; deadlines with their time zone."""

    programme: str | None = None
    stated_status: str | None = None
    opens_on: date | None = None
    deadlines_at: tuple[AwareDatetime, ...] = ()
    budget_eur: int | None = None
    min_grant_eur: int | None = None
    max_grant_eur: int | None = None
    beneficiaries: str | None = None
    conditions: str | None = None
    countries: tuple[str, ...] = ()
    trl: tuple[int, int] | None = None
    consortium: str | None = None


class Patent(Term):
    """What only a patent document has. family: the WO number, or the publisher's family id."""

    number: str
    kind_code: str
    family: str | None = None
    priority_on: date | None = None
    filed_on: date | None = None


class Publication(Term):
    """What only a publication has."""

    doi: str | None = None
    venue: str | None = None
    announced_as: str | None = None


class Item(Term):
    """One item. text: the abstract, plain text. codes: `scheme:code`, such as `cpc:B25J 9/16` or `arxiv:cs.RO`."""

    source: str
    source_id: str
    kind: ItemKind
    title: str
    text: str
    url: str
    language: str = "und"
    published_on: date | None = None
    updated_at: AwareDatetime | None = None
    people: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    codes: tuple[str, ...] = ()
    call: Call | None = None
    patent: Patent | None = None
    publication: Publication | None = None
    capture_sha256: str

    @property
    def item_key(self) -> str:
        """Our name for the item, unique over all sources."""
        return f"{self.source}:{self.source_id}"


def status_of(call: Call | None, now: datetime) -> Status:
    """Status of a call from its dates alone, at `now` (aware); no deadline means unknown, not open (P24)."""
    if call is None or not call.deadlines_at:
        return "unknown"
    upcoming = [d for d in call.deadlines_at if d > now]
    if not upcoming:
        return "closed"
    if call.opens_on is not None and call.opens_on > now.date():
        return "forthcoming"
    return "closing soon" if (min(upcoming) - now).days < CLOSING_SOON_DAYS else "open"


def next_deadline(call: Call | None, now: datetime) -> datetime | None:
    """The first deadline after `now`, or None."""
    upcoming = [d for d in call.deadlines_at if d > now] if call else []
    return min(upcoming) if upcoming else None
