"""Half a year of one company's engagement, and of the network (P44)."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from terms.base import Term
from terms.outcome import Ending, OutcomeStep

FigureName = Literal[
    "told", "answered", "useful", "accepted", "rejected", "conversation", "project idea", "application", "result",
    "won", "won_eur",
]  # fmt: skip
FIGURES: tuple[FigureName, ...] = (
    "told", "answered", "useful", "accepted", "rejected", "conversation", "project idea", "application", "result",
    "won", "won_eur",
)  # fmt: skip
CHAIN: tuple[FigureName, ...] = ("told", "conversation", "project idea", "application", "result")
FEWEST = 3  # companies; a figure of fewer is hidden


class Month(Term):
    """One month by its first day: items told, items accepted; None where hidden."""

    first: date
    told: int | None
    accepted: int | None


class NeedHalf(Term):
    """One need; title None where it is closed (P04)."""

    title: str | None
    told: int
    accepted: int
    conversations: int


class Chain(Term):
    """What became of one item, up to the end of the half-year."""

    ref: str
    title: str
    steps: tuple[tuple[OutcomeStep, date], ...]
    ending: Ending | None = None
    amount_eur: int | None = None


class CompanyHalf(Term):
    """One company's half-year. half: `2026-H2`. month_no of months: where the engagement stands at its end."""

    half: str
    company_key: str
    company_name: str
    phase: str
    month_no: int
    months_planned: int
    figures: dict[FigureName, int]
    months: tuple[Month, ...]
    needs: tuple[NeedHalf, ...]
    chains: tuple[Chain, ...]
    made_at: AwareDatetime


class NetworkHalf(Term):
    """The half-year of several companies. A figure that fewer than three companies stand behind is None: hidden.

    companies: how many there are, None below three. months, phases: empty where any part of them would be hidden, so
    that nothing can be found by subtraction.
    """

    half: str
    companies: int | None
    figures: dict[FigureName, int | None]
    months: tuple[Month, ...]
    phases: dict[str, int]
    made_at: AwareDatetime
