"""What a company is advised to do, and the mail of one ISO week that says so."""

from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term
from terms.item import Item
from terms.match import Reasons


class Accepted(Term):
    """An accepted opportunity, ready to advise on. need_title is None where the need is closed (P04)."""

    company_key: str
    need_key: str
    need_version: int
    need_title: str | None
    need_priority: int
    cluster_key: str
    item: Item
    fit: float
    reasons: Reasons
    source_title: str
    decided_at: AwareDatetime


class Line(Term):
    """One line of a digest. ref: short name printed in the mail, for `varde explain`. because: terms that counted."""

    ref: str
    cluster_key: str
    item_key: str
    need_key: str
    kind: Literal["patent", "call", "publication", "project", "announcement"]
    title: str
    url: str
    source_title: str
    published_on: date | None = None
    deadline_at: AwareDatetime | None = None
    budget_eur: int | None = None
    programme: str | None = None
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    passage: str | None = None


class Suggestion(Term):
    """A project (need + open call + evidence) or a partner (organisation + evidence)."""

    kind: Literal["project", "partner"]
    need_key: str
    need_title: str | None
    call: Line | None = None
    partner: str | None = None
    partner_country: str | None = None
    evidence: tuple[Line, ...] = ()


class Digest(Term):
    """One company's mail of one ISO week, before it is rendered.

    evidence: accepted lines that stand in no suggestion. held_back: accepted items above the cap, kept for the next
    digest (P53). examined: items examined this week by source title. degraded: titles of sources that were down.
    sentence: what a mentor or broker wrote above the lines, "" where nobody did.
    """

    company_key: str
    iso_week: str
    language: str
    suggestions: tuple[Suggestion, ...]
    evidence: tuple[Line, ...]
    held_back: int = 0
    examined: dict[str, int] = {}
    new: int = 0
    degraded: tuple[str, ...] = ()
    sentence: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line once, in the order of the mail."""
        ordered = [line for s in self.suggestions for line in ((s.call,) if s.call else ()) + s.evidence]
        unique = {line.ref: line for line in (*ordered, *self.evidence)}
        return tuple(unique.values())


def iso_week(moment: date | datetime) -> str:
    """The ISO 8601 week, such as `2026-W48`; `%Y-W%V` is wrong at the turn of the year (RELIABILITY G-01)."""
    return moment.strftime("%G-W%V")
