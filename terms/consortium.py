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


class Gap(Term):
    """Partners, countries or kinds of partner: what a rule asks for, or what a set lacks of it. 0 and () are none.

    leads: whether these kinds are asked to lead, any of them.
    """

    partners: int = 0
    countries: int = 0
    kinds: tuple[str, ...] = ()
    leads: bool = False


class Rule(Term):
    """One rule with what it says of the set. lacks: what would fill the gap; table: the dated table it stands in.

    asks and lacks are in English; asked and gap say the same without words, to be worded in a reader's language.
    """

    asks: str
    standing: Standing
    lacks: str = ""
    asked: Gap = Gap()
    gap: Gap = Gap()
    quote: Quote | None = None
    table: str | None = None
