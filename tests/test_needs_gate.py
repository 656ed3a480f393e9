"""The gate (P23): fields, then sentences, then dated tables; what is not stated is unknown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from needs.consortium import consortium_rules
from needs.gate import gate
from needs.programme import EU, programmes
from nlp.eligibility import statements
from terms.consortium import Member
from terms.gate import Criterion, Gate, Verdict
from terms.item import Call
from tests.make import NOW, company, need


def gate_of(text: str = "", *, aid: int | None = None, who: Any = None, **call: Any) -> Gate:
    facts = {"deadlines_at": (NOW + timedelta(days=60),), **call}
    return gate(
        Call(**facts), statements({"text": text}, "en"), who or company(), need(trl_now=4, trl_target=7), NOW, aid
    )


def verdict(criterion: Criterion, text: str = "", **facts: Any) -> Verdict:
    return next(v for v in gate_of(text, **facts).verdicts if v.criterion == criterion)


def test_nothing_stated_is_unknown_and_never_eligible() -> None:
    """P23: unknown stays unknown, whatever the fit; only the dates are known here."""
    found = gate_of("A call about robots for the sea.")
    assert {v.criterion for v in found.verdicts if v.outcome != "unknown"} == {"dates"}
    assert found.outcome == "unknown"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Applicants must be registered in Norway or Iceland.", "eligible"),
        ("Only Swedish companies may apply.", "not eligible"),
        ("Applicants must be established in an EU Member State.", "not eligible"),
        ("Applicants must be established in the EEA.", "eligible"),
        ("Applicants must be established in an EU Member State or an associated country.", "unknown"),
        ("Companies from Norway and Iceland are not eligible.", "not eligible"),
        ("Robots are used in Sweden.", "unknown"),
    ],
)
def test_country_from_sentences(text: str, outcome: str) -> None:
    """The company is Norwegian; each known verdict quotes the sentence."""
    found = verdict("country", text)
    assert (found.outcome, found.quote.text if found.quote else text) == (outcome, text)


def test_associated_countries_come_from_the_dated_table() -> None:
    """The same sentence, for a programme whose list is on file."""
    text = "Applicants must be established in an EU Member State or an associated country."
    assert verdict("country", text, programme="Horizon Europe").outcome == "eligible"


def test_fields_come_before_sentences_and_tables_last() -> None:
    """A structured list of countries counts more than a sentence; a table names itself and its source."""
    assert verdict("country", "Only Norwegian companies may apply.", countries=("SE", "DK")).outcome == "not eligible"
    found = verdict("country", programme="Innovasjon Norge", who=company(country="SE"))
    assert found.outcome == "not eligible"
    assert found.table is not None
    assert found.table.startswith("innovasjon-norge of 2026")
    assert verdict("country", programme="Horizon Europe", who=company(country="US")).outcome == "unknown"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Only universities and research institutes may apply.", "not eligible"),
        ("Companies and research organisations may apply.", "eligible"),
        ("An innovative SME must lead.", "eligible"),
        ("Open to any legal entity.", "eligible"),
        ("Only companies can apply. Only universities may apply for the second strand.", "eligible"),
        ("Universities like robots.", "unknown"),
    ],
)
def test_beneficiary(text: str, outcome: str) -> None:
    """A small company against the kinds named."""
    assert verdict("beneficiary", text).outcome == outcome


@pytest.mark.parametrize(
    ("text", "size", "outcome"),
    [
        ("Companies must have fewer than 250 employees.", "medium", "eligible"),
        ("Companies must have fewer than 50 employees.", "medium", "not eligible"),
        ("Companies must have fewer than 100 employees.", "medium", "unknown"),
        ("Only SMEs can apply.", "micro", "eligible"),
    ],
)
def test_size(text: str, size: str, outcome: str) -> None:
    """Classes of Recommendation 2003/361/EC; a limit inside a class is unknown."""
    assert verdict("size", text, who=company(size=size)).outcome == outcome


@pytest.mark.parametrize(("nace", "outcome"), [(("25.11",), "eligible"), (("62.01",), "not eligible"), ((), "unknown")])
def test_sector(nace: tuple[str, ...], outcome: str) -> None:
    """NACE divisions of the company against the section named."""
    assert (
        verdict("sector", "Open to companies in the manufacturing sector.", who=company(nace=nace)).outcome == outcome
    )


def test_trl_overlap() -> None:
    """The need goes from 4 to 7."""
    assert verdict("trl", "Projects move from TRL 6 to TRL 8.").outcome == "eligible"
    assert verdict("trl", "Projects move from TRL 8 to TRL 9.").outcome == "not eligible"
    assert verdict("trl", trl=(1, 3)).outcome == "not eligible"
    assert verdict("trl").outcome == "unknown"


def test_dates() -> None:
    """P24: from dates alone."""
    past = (datetime(2026, 1, 1, tzinfo=UTC),)
    assert verdict("dates", deadlines_at=past).outcome == "not eligible"
    assert gate_of("Companies registered in Norway may apply.", deadlines_at=past).outcome == "not eligible"
    assert verdict("dates", deadlines_at=()).outcome == "unknown"


def test_budget_is_the_own_share_of_the_smallest_project() -> None:
    """Highest turnover of the class is the ceiling; in between a broker asks."""
    text = "Funding covers up to 50 % of eligible costs."
    micro = company(size="micro")
    assert verdict("budget", text, min_grant_eur=100_000, who=micro).outcome == "eligible"
    assert verdict("budget", text, min_grant_eur=1_000_000, who=micro).outcome == "unknown"
    assert verdict("budget", text, min_grant_eur=5_000_000, who=micro).outcome == "not eligible"
    assert verdict("budget", min_grant_eur=5_000_000, who=micro).outcome == "unknown"


def test_state_aid_counts_three_years() -> None:
    """Regulation (EU) 2023/2831: 300 000 euro; nothing on record is not zero."""
    text = "Support is given as de minimis aid."
    assert verdict("state aid", text, max_grant_eur=100_000).outcome == "unknown"
    assert verdict("state aid", text, max_grant_eur=100_000, aid=200_000).outcome == "eligible"
    assert verdict("state aid", text, max_grant_eur=100_001, aid=200_000).outcome == "not eligible"


def test_eligible_needs_country_and_beneficiary() -> None:
    """All that speaks against is looked at; the rest may stay unknown."""
    assert gate_of("Norwegian companies are welcome. Companies registered in Norway may apply.").outcome == "eligible"


def test_consortium_rules_of_a_set() -> None:
    """P42: met, lacking, not stated, each with its quote."""
    text = "At least three partners from two countries are needed. The consortium must include a research organisation."
    said = statements({"text": text}, "en")
    ours = [Member(name="A", kind="sme", country="NO"), Member(name="B", kind="sme", country="NO")]
    rules = consortium_rules(Call(), said, ours)
    assert [(r.standing, r.lacks) for r in rules] == [
        ("lacking", "1 more partner and 1 more country"),
        ("lacking", "research"),
    ]
    assert all(r.quote and r.quote.text in text for r in rules)
    whole = [*ours, Member(name="C", kind="university", country="SE")]
    assert {r.standing for r in consortium_rules(Call(), said, whole)} == {"met"}
    assert [r.standing for r in consortium_rules(Call(), (), ours)] == ["not stated"]
    action = Call(programme="Horizon Europe", beneficiaries="HORIZON Innovation Actions; innovation action")
    assert [(r.standing, r.table is not None) for r in consortium_rules(action, (), ours)] == [("lacking", True)]


def test_tables_are_dated_and_have_sources() -> None:
    """A table without its source cannot be checked by anybody."""
    assert {p.id for p in programmes()} >= {"horizon-europe", "innovasjon-norge", "public-procurement"}
    assert all(p.source and p.table for p in programmes())
    assert len(EU) == 27
