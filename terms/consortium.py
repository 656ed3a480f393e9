"""A call's rules on who must be together, held against a set of applicants (P42)."""

from typing import Literal

from terms.base import Term
from terms.gate import Quote

Standing = Literal["met", "lacking", "not stated"]


class Member(Term):
    """One applicant. kind: sme, company, large, university, research, public or ngo. country: ISO code, if known."""

    name: str
    kind: str
    country: str | None = None


class Rule(Term):
    """One rule with what it says of the set. lacks: what would fill the gap; table: the dated table it stands in."""

    asks: str
    standing: Standing
    lacks: str = ""
    quote: Quote | None = None
    table: str | None = None
