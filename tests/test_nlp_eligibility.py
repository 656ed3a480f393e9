"""What calls say of who may apply (P23): every rule hits its examples and is silent where it must be."""

from typing import Any

import pytest

from nlp.eligibility import entries, rules, statements
from terms.gate import Field, Statement

ENTRIES = entries()


def read_by(entry: dict[str, Any], text: str) -> list[Statement]:
    field: Field = (entry.get("where") or ["beneficiaries"])[0]
    language = "en" if entry["language"] == "any" and "til" not in text else entry["language"]
    found = statements({field: text}, language.replace("any", "nb"))
    return [s for s in found if (s.criterion, s.relation) == (entry["criterion"], entry["relation"])]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_a_rule_reads_its_examples(entry: dict[str, Any]) -> None:
    """Values and numbers as the file says; the quote is the sentence, verbatim."""
    for example in entry["examples"]:
        found = read_by(entry, example["text"])
        wanted = tuple(example.get("values", entry.get("values", ()))), tuple(example.get("numbers", ()))
        assert wanted in [(one.values, one.numbers) for one in found], example["text"]
        quote = found[0].quote
        assert example["text"][quote.start : quote.end] == quote.text


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_a_rule_is_silent_where_nothing_is_said(entry: dict[str, Any]) -> None:
    """Each rule has sentences that look alike and must not hit."""
    assert entry["silent"]
    assert [text for text in entry["silent"] if read_by(entry, text)] == []


def test_rules_have_names_of_their_own() -> None:
    """A second rule of one name would replace the first silently."""
    assert len(rules()) == len(ENTRIES)


def test_only_the_sentence_that_says_so_is_quoted() -> None:
    """The quote is the sentence, with its place in the field."""
    text = "This call is about robots. Only universities may apply. Deadline is in May."
    found = statements({"text": text}, "en")[0]
    assert (found.quote.text, found.values) == ("Only universities may apply.", ("university",))
    assert text[found.quote.start : found.quote.end] == found.quote.text


@pytest.mark.parametrize("text", ["", "\x00", "Bewerber müssen Universitäten sein.", "(" * 5000, "only " * 3000])
def test_what_no_rule_reads_states_nothing(text: str) -> None:
    """Other languages and hostile text: no statement, no crash."""
    assert statements({"text": text, "consortium": text}) == ()
