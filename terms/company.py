"""A company, its engagement and its mapped technology needs (P01, P02)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from terms.base import Term

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Address = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
]
CpcCode = Annotated[str, StringConstraints(pattern=r"^[A-HY]\d{2}[A-Z]( ?\d{1,4}/\d{2,6})?$")]
TrlLevel = Annotated[int, Field(ge=1, le=9)]


class Contact(Term):
    """A person who reads the company's digest."""

    name: ShortText
    address: Address
    language: Language = "en"


class Engagement(Term):
    """The company's time with a broker (process manager) and mentors; planned_end is start + 18 months."""

    broker: ShortText
    broker_address: Address
    mentors: tuple[ShortText, ...] = ()
    start: date
    planned_end: date
    phase: Literal["mapping", "defining", "carrying out", "networking", "ended"] = "mapping"


class Need(Term):
    """One mapped technology need. closed: matched, but its text never leaves the machine (P04)."""

    id: Key
    title: ShortText
    description: Text
    include: tuple[ShortText, ...] = ()
    exclude: tuple[ShortText, ...] = ()
    cpc: tuple[CpcCode, ...] = ()
    arxiv: tuple[ShortText, ...] = ()
    language: Language = "en"
    trl_now: TrlLevel | None = None
    trl_target: TrlLevel | None = None
    priority: Annotated[int, Field(ge=1, le=5)] = 3
    owner: ShortText | None = None
    confidentiality: Literal["open", "closed"] = "open"
    status: Literal["active", "paused", "met", "dropped"] = "active"
    review_on: date | None = None


class Company(Term):
    """An SME that is watched for, with its need map.

    decide_lead_days: how long before a deadline the company must have decided, to have time to apply (P56).
    calendar: whether its deadlines are linked from the mail only, or attached to it as well.
    competences: what it can do for others, a phrase each; told to no other company before both consent (P43).
    """

    id: Key
    name: ShortText
    country: Country
    region: ShortText | None = None
    timezone: ShortText = "Europe/Oslo"
    size: Literal["micro", "small", "medium"]
    nace: tuple[Annotated[str, StringConstraints(pattern=r"^\d{2}(\.\d{1,2})?$")], ...] = ()
    competences: tuple[ShortText, ...] = ()
    languages: tuple[Language, ...] = ("en",)
    quiet_week: Literal["nothing", "paragraph"] = "nothing"
    decide_lead_days: Annotated[int, Field(ge=0, le=365)] = 21
    calendar: Literal["link", "attachment"] = "link"
    contacts: tuple[Contact, ...]
    engagement: Engagement
    needs: tuple[Need, ...]


class NeedVersion(Term):
    """A need as it stood from one edit to the next. need_key: `company/need`; version counts from 1."""

    need_key: str
    company_key: str
    version: int
    need: Need
