"""The gate's word on a project in plain sentences: may you apply, what says so, and what to ask (P23)."""

from dataclasses import dataclass

from digests.gate_said import GateWords
from digests.headers import one_line, shortened
from digests.wording import Wording
from terms.gate import Criterion, Gate

_SENTENCES = ("text", "beneficiaries", "conditions", "consortium")
_SAYS_MOST: tuple[Criterion, ...] = ("beneficiary", "country", "size", "consortium", "sector", "budget", "trl")
_ASKED_FIRST: tuple[Criterion, ...] = (
    "country", "beneficiary", "size", "consortium", "budget", "sector", "state aid", "trl", "dates",
)  # fmt: skip
_ASKS_PARTNERS = ("asks kinds", "asks partners", "asks countries", "programme rule")
_MOST_QUESTIONS = 3
_QUOTE = 240


@dataclass(frozen=True)
class GateView:
    """answer: with what is clear, and whom it takes. quote: the call's own words. questions: what the call leaves open.

    Each may be empty but the answer.
    """

    answer: str
    quote: str
    questions: str


def gate_view(gate: Gate | None, write: Wording) -> GateView | None:
    """None where nobody asked the gate. Of what is unknown, the three questions that decide most."""
    if gate is None or not gate.verdicts:
        return None
    texts, words = write.texts, GateWords(write)
    partners = next(
        (words.verdict(v) for v in gate.verdicts if v.code in _ASKS_PARTNERS and v.outcome == "unknown"), ""
    )
    verdicts = {verdict.criterion: verdict for verdict in gate.verdicts}
    quotes = [
        verdicts[c].quote for c in _SAYS_MOST if c in verdicts and verdicts[c].outcome == "eligible"
    ]  # fmt: skip
    said = next((q.text for q in quotes if q is not None and q.field in _SENTENCES), "")
    open_ones = [c for c in _ASKED_FIRST if c in verdicts and verdicts[c].outcome == "unknown"]
    open_ones = [c for c in open_ones if not (partners and c == "consortium")]  # what is asked for is no question
    clear = [texts.criteria[v.criterion] for v in gate.verdicts if v.outcome == "eligible"]
    said_of = texts.may_apply_yes if gate.outcome == "eligible" else texts.may_apply_unknown
    clearly = texts.clear.format(criteria=", ".join(clear)) if clear else ""
    questions = " ".join(_capital(texts.questions[c]) for c in open_ones[:_MOST_QUESTIONS])
    return GateView(
        answer=" ".join(filter(None, (said_of, clearly, f"{_capital(partners)}." if partners else ""))),
        quote=texts.quote.format(passage=shortened(one_line(said), _QUOTE)) if said else "",
        questions=texts.ask.format(questions=questions) if questions else "",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
