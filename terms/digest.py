"""What a company is advised to do, and the mail of one ISO week that says so."""

from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term
from terms.gate import Gate
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


class Participant(Term):
    """An organisation that could take part in a project. known_for: title of the best piece that speaks for it."""

    name: str
    country: str | None = None
    known_for: str = ""


class Change(Term):
    """What moved in something that a digest told, old -> new. kind: deadline, budget, eligibility or scope.

    told_week: ISO week of the digest that told it last. before, after: as the publisher states them.
    """

    ref: str
    title: str
    url: str
    kind: str
    before: str
    after: str
    told_week: str


class Suggestion(Term):
    """A project (need + open call + evidence) or a partner (organisation + evidence).

    Of a project: decide_on is the day by which the company must decide, gate what the call says of who may apply,
    participants who could join, worth (0 to 1) what it is worth to the company; each empty where nobody worked it out.
    """

    kind: Literal["project", "partner"]
    need_key: str
    need_title: str | None
    call: Line | None = None
    partner: str | None = None
    partner_country: str | None = None
    evidence: tuple[Line, ...] = ()
    decide_on: date | None = None
    gate: Gate | None = None
    participants: tuple[Participant, ...] = ()
    worth: float | None = None


class Digest(Term):
    """One company's mail of one ISO week, before it is rendered.

    evidence: accepted lines that stand in no suggestion. held_back: accepted items above the cap, kept for the next
    digest (P53). examined: items examined this week by source title. degraded: titles of sources that were down.
    is_urgent: an extra mail between two weekly ones. sentence: what a mentor or broker wrote above the lines, "" where
    nobody did. changes: in what was told before.
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
    is_urgent: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line once, in the order of the mail."""
        ordered = [line for s in self.suggestions for line in ((s.call,) if s.call else ()) + s.evidence]
        unique = {line.ref: line for line in (*ordered, *self.evidence)}
        return tuple(unique.values())


def iso_week(moment: date | datetime) -> str:
    """The ISO 8601 week, such as `2026-W48`; `%Y-W%V` is wrong at the turn of the year (RELIABILITY G-01)."""
    return moment.strftime("%G-W%V")
