"""Organisations as registers, projects and announcements name them, and the one identity behind all (P17, P41).

Distinct from `terms.item.Organisation`, which is a name as the publisher of an item prints it. Nothing here holds an
address: places are a country, a region and a town; the only way to reach anybody is the organisation's web page.
"""

from datetime import date
from typing import Literal

from terms.base import Term
from terms.item import Item

OrganisationType = Literal["sme", "company", "university", "institute", "public", "other", "unknown"]
Role = Literal["coordinator", "participant", "associated", "subcontractor"]


class RegisterEntry(Term):
    """One organisation as one register states it. country: ISO 3166-1 alpha-2.

    ids: `scheme:value` in lower case, such as `ror:02bfwt286`, `brreg:919303808`, `pic:999984059`, `vat:…`. aliases:
    other names and acronyms. seen_in: what it was found by, such as `doi:10.1000/x`. parents: ids it belongs to.
    """

    kind: Literal["organisation"] = "organisation"
    source: str
    source_id: str
    name: str
    aliases: tuple[str, ...] = ()
    country: str | None = None
    region: str | None = None
    town: str | None = None
    type: OrganisationType = "unknown"
    web: str | None = None
    ids: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    seen_in: tuple[str, ...] = ()
    is_active: bool = True
    updated_on: date | None = None
    capture_sha256: str


class Participation(Term):
    """An organisation in a project, as the funder writes it. funding_eur: what it gets."""

    name: str
    aliases: tuple[str, ...] = ()
    role: Role = "participant"
    country: str | None = None
    region: str | None = None
    town: str | None = None
    type: OrganisationType = "unknown"
    web: str | None = None
    ids: tuple[str, ...] = ()
    funding_eur: int | None = None


class Project(Term):
    """A funded project with those who carry it out. calls: identifiers of the calls it was funded under."""

    kind: Literal["project"] = "project"
    source: str
    source_id: str
    title: str
    acronym: str | None = None
    text: str = ""
    url: str
    programme: str | None = None
    calls: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    started_on: date | None = None
    ended_on: date | None = None
    updated_on: date | None = None
    funding_eur: int | None = None
    organisations: tuple[Participation, ...] = ()
    capture_sha256: str


class Announcement(Term):
    """An organisation that seeks or offers a place in a consortium under a call; no person is named."""

    kind: Literal["announcement"] = "announcement"
    source: str
    source_id: str
    call: str
    text: str
    url: str
    organisation: str | None = None
    country: str | None = None
    ids: tuple[str, ...] = ()
    updated_on: date | None = None
    capture_sha256: str


Record = Item | RegisterEntry | Project | Announcement
"""What a source may bring back."""

RECORDS: dict[str, type[RegisterEntry] | type[Project] | type[Announcement]] = {
    "organisation": RegisterEntry, "project": Project, "announcement": Announcement,
}  # fmt: skip
"""The nouns of this file by their kind."""


class Organisation(Term):
    """One identity over all registers. registers: `source:source_id` of each entry that was joined into it."""

    organisation_key: str
    name: str
    aliases: tuple[str, ...] = ()
    country: str | None = None
    region: str | None = None
    town: str | None = None
    type: OrganisationType = "unknown"
    web: str | None = None
    ids: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()


class Resolution(Term):
    """What a written name was resolved to. score: 0..1. how: id, name, near, or why it stayed unresolved."""

    organisation_key: str | None
    score: float
    how: str


class Deed(Term):
    """Something done that can speak for a partner. organisations: (organisation_key, role) of those who did it.

    named: (name, country) as an item prints them, still to be resolved.
    """

    key: str
    kind: Literal["project", "publication", "patent", "announcement"]
    source: str
    title: str
    text: str
    url: str
    dated_on: date | None = None
    calls: tuple[str, ...] = ()
    organisations: tuple[tuple[str, str], ...] = ()
    named: tuple[tuple[str, str | None], ...] = ()


class PartnerEvidence(Term):
    """One project, paper, patent or announcement that speaks for a partner. fit: 0..1 to the need or call."""

    kind: Literal["project", "publication", "patent", "announcement"]
    key: str
    title: str
    url: str
    source_title: str
    dated_on: date | None = None
    role: str | None = None
    fit: float = 0.0


class Partner(Term):
    """A ranked outside partner (P41). because: what counted, in words. allowed: whether the call's country rules
    name its country; None where they say nothing."""

    organisation: Organisation
    score: float
    because: tuple[str, ...]
    allowed: bool | None
    evidence: tuple[PartnerEvidence, ...]
