"""The gate: may a company apply to a call? Per criterion, with the sentence that says so; unknown stays so (P23)."""

from typing import Literal

from terms.base import Term

Criterion = Literal["country", "beneficiary", "size", "sector", "trl", "dates", "budget", "consortium", "state aid"]
Outcome = Literal["eligible", "not eligible", "unknown"]
Field = Literal["title", "text", "programme", "beneficiaries", "conditions", "consortium", "countries", "trl", "dates"]
Relation = Literal["only", "also", "not", "least", "most", "led by", "needs", "share"]


class Quote(Term):
    """Words of the call, verbatim: field[start:end] == text, in characters."""

    field: Field
    start: int
    end: int
    text: str


class Statement(Term):
    """What one sentence of a call says of one criterion. rule: the pattern's id.

    values: country codes, kinds of beneficiary or NACE sections. numbers: what the rule counts, in its order: TRL
    levels, partners and countries, or a share of the costs in per cent.
    """

    rule: str
    criterion: Criterion
    relation: Relation
    values: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    quote: Quote


class Verdict(Term):
    """The gate's word on one criterion. quote: the sentence it stands on.

    code: what follows, with the facts it speaks of (lists with commas); it is worded in the reader's language
    (digests.gate_words). because: those words, where somebody worded them; verdicts stored before 2026-11-24 hold
    English ones and no code. table: the dated table that joined quote and company, where one did.
    """

    criterion: Criterion
    outcome: Outcome
    code: str = ""
    facts: dict[str, str] = {}
    because: str = ""
    quote: Quote | None = None
    table: str | None = None


class Gate(Term):
    """All verdicts of one call for one company, in a fixed order."""

    verdicts: tuple[Verdict, ...]

    @property
    def outcome(self) -> Outcome:
        """Not eligible where any verdict is; eligible where country and beneficiary are and nothing speaks against."""
        said = {verdict.criterion: verdict.outcome for verdict in self.verdicts}
        if "not eligible" in said.values():
            return "not eligible"
        sure = all(said.get(must) == "eligible" for must in ("country", "beneficiary"))
        return "eligible" if sure else "unknown"
