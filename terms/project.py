"""A project suggestion on one page: need, call, gate, evidence, partners and the way to the deadline (P40)."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term
from terms.consortium import Rule
from terms.digest import Line
from terms.gate import Gate
from terms.item import Status

StepName = Literal["decide", "partners", "draft", "review", "submit"]


class Step(Term):
    """One step to the deadline. on: its last day; is_late: that day has passed, so it is due now."""

    name: StepName
    on: date
    is_late: bool = False


class Candidate(Term):
    """An organisation that could take part. home: its web page, never a person's; evidence: newest first."""

    name: str
    country: str | None = None
    kind: str | None = None
    home: str | None = None
    evidence: tuple[Line, ...] = ()


class ProjectPage(Term):
    """What a broker edits and hands over. need_title is None where the need is closed (P04).

    funding_share: per cent of costs, where the call states it. sentence: what a mentor or broker wrote, if anybody did.
    """

    ref: str
    company_key: str
    company_name: str
    need_key: str
    need_title: str | None
    call: Line
    status: Status
    opens_on: date | None = None
    deadlines_at: tuple[AwareDatetime, ...] = ()
    min_grant_eur: int | None = None
    max_grant_eur: int | None = None
    funding_share: float | None = None
    trl: tuple[int, int] | None = None
    gate: Gate
    rules: tuple[Rule, ...]
    papers: tuple[Line, ...] = ()
    patents: tuple[Line, ...] = ()
    partners: tuple[Candidate, ...] = ()
    steps: tuple[Step, ...] = ()
    sentence: str | None = None
    made_at: AwareDatetime
