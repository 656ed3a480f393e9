"""The gate in the reader's words: every code it can say is worded in both languages (P23, P58)."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digests.gate_said import GateWords
from digests.texts import texts_for
from digests.texts.gate import gate_texts
from digests.wording import wording_for
from needs.consortium import consortium_rules
from needs.gate import gate
from nlp.eligibility import statements
from terms.consortium import Member, Rule
from terms.gate import Gate, Verdict
from terms.item import Call
from tests.make import NOW, company, need

NEEDS = Path(__file__).resolve().parent.parent / "needs"


def words(language: str) -> GateWords:
    return GateWords(wording_for(texts_for(language), "Europe/Oslo", datetime(2026, 11, 24, tzinfo=UTC)))


def gate_of(text: str, *, aid: int | None = None, **call: Any) -> Gate:
    facts = {"deadlines_at": (NOW + timedelta(days=60),), **call}
    who, wanted = company(nace=("28.14",)), need(trl_now=4, trl_target=7)
    return gate(Call(**facts), statements({"text": text}, "en"), who, wanted, NOW, aid)


def told(language: str, criterion: str, text: str = "", **facts: Any) -> str:
    verdict = next(v for v in gate_of(text, **facts).verdicts if v.criterion == criterion)
    return words(language).verdict(verdict)


_PLACES = {"unknown": 1, "settled": 2, "verdict": 2}


def codes() -> set[str]:
    """Every code that the gate's own files hand to `settled`, `unknown` and `verdict`, or choose between two of."""
    found = set[object]()
    for name in ("applicant.py", "conditions.py"):
        for node in ast.walk(ast.parse((NEEDS / name).read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _PLACES:
                handed = node.args[_PLACES[node.func.id]]
                found |= {handed.value} if isinstance(handed, ast.Constant) else set()
            elif (
                isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "about"
            ):
                found |= {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    return {code for code in found if isinstance(code, str)}


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_code_of_the_gate_is_worded(language: str) -> None:
    """None is left over and none is missing, and both languages speak of the same facts."""
    assert codes() == set(gate_texts(language).said)
    for code, template in gate_texts(language).said.items():
        wanted = set(re.findall(r"{(\w+)}", gate_texts("en").said[code]))
        assert set(re.findall(r"{(\w+)}", template)) == wanted, code


CASES = [
    ("country", "Applicants must be registered in Norway or Iceland.", {},
     "Norway is among the countries named", "Norge er blant landene som er nevnt"),
    ("country", "Applicants must be established in an EU Member State.", {},
     "Norway is not among the EU", "Norge er ikke blant EU"),
    ("beneficiary", "Only universities may apply.", {},
     "only universities may apply", "bare universiteter og høyskoler kan søke"),
    ("beneficiary", "Nothing.", {},
     "the call does not say who may apply", "utlysningen sier ikke hvem som kan søke"),
    ("trl", "", {"trl": (3, 6)}, "TRL 3 to 6; the need goes from 4 to 7", "TRL 3 til 6; behovet går fra 4 til 7"),
    ("consortium", "The consortium must consist of at least three partners from three different countries.", {},
     "asks for at least 3 partners from 3 countries", "ber om minst 3 partnere fra 3 land"),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "text", "facts", "english", "norwegian"), CASES)
def test_a_verdict_in_both_languages(criterion: str, text: str, facts: Any, english: str, norwegian: str) -> None:
    assert told("en", criterion, text, **facts) == english
    assert told("nb", criterion, text, **facts) == norwegian


def test_dates_are_written_as_the_reader_writes_them() -> None:
    assert told("nb", "dates").startswith("åpen; neste frist er ")
    assert "2027" in told("nb", "dates") and "januar" in told("nb", "dates")


def test_a_verdict_that_was_stored_before_keeps_its_words() -> None:
    """Digests of last year hold English sentences and no code; they are still read, and shown as they were."""
    old = '{"verdicts": [{"criterion": "size", "outcome": "unknown", "because": "the call states no size"}]}'
    (verdict,) = Gate.model_validate_json(old).verdicts
    assert words("nb").verdict(verdict) == "the call states no size"
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


def rule(text: str, *members: Member) -> Rule:
    return consortium_rules(Call(), statements({"consortium": text}, "en"), members)[0]


def test_rules_on_partners_in_norwegian() -> None:
    """What is asked and what is lacking; the English words stay for programs."""
    us = Member(name="Tind AS", kind="sme", country="NO")
    three = rule("The consortium must consist of at least three partners from three different countries.", us)
    assert words("nb").asks(three) == "minst 3 partnere fra 3 land"
    assert words("nb").lacks(three) == "2 partnere til og 2 land til"
    assert words("en").lacks(three) == "2 more partners and 2 more countries"
    assert three.lacks == "2 more partners and 2 more countries"
    met = rule("The consortium must consist of at least three partners from three different countries.",
               us, us.model_copy(update={"country": "SE"}), us.model_copy(update={"country": "DK"}))  # fmt: skip
    assert words("nb").lacks(met) == ""


def test_the_kinds_of_organisations_are_worded() -> None:
    assert (words("nb").kind("university"), words("en").kind("sme"), words("nb").kind("unknown")) == (
        "universitet eller høyskole", "small or medium-sized enterprise", "",
    )  # fmt: skip
