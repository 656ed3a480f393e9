"""Languages, words, codes, rules and passages of the matcher."""

import pytest

from nlp.codes import agreements
from nlp.explain import LONGEST_PASSAGE, explain
from nlp.glossary import translated
from nlp.languages import guess, known, language_of, stem
from nlp.match import match
from nlp.recipe import CURRENT
from nlp.rules import find
from nlp.terms import read
from nlp.text import counted, parsed, readable, words
from terms.company import Need, NeedVersion
from terms.match import Document


def document(title: str, text: str = "", language: str = "en", key: str = "k") -> Document:
    return Document(cluster_key=key, item_key=f"t:{key}", kind="call", title=title, text=text, language=language)


@pytest.mark.parametrize(
    ("language", "rules"),
    [("en", "en"), ("no", "nb"), ("nn", "nb"), ("DE", "de"), ("en-GB", "en"), ("ja", "xx"), ("", "xx")],
)
def test_unknown_languages_fall_back(language: str, rules: str) -> None:
    """RELIABILITY H-02."""
    assert known(language) == rules


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We study the wear of bearings in pumps", "en"),
        ("Vi trenger en pumpe som ikke støyer og er billig", "nb"),
        ("Wir suchen eine Pumpe, die nicht laut ist und wenig kostet", "de"),
        ("Nous cherchons une pompe qui ne fait pas de bruit dans les maisons", "fr"),
        ("Buscamos una bomba que no haga ruido en las casas", "es"),
        ("Graphene 2026", "en"),
        ("", "en"),
    ],
)
def test_an_unstated_language_is_guessed(text: str, language: str) -> None:
    assert guess(text) == language
    assert language_of("und", text) == language
    assert language_of("fr", text) == "fr"


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("nb", ["sensor", "sensoren", "sensorer", "SENSORENE"]),
        ("en", ["weld", "welding", "Welds", "welded"]),
        ("de", ["Pumpe", "Pumpen"]),
        ("fr", ["système", "systèmes", "SYSTE\u0300ME"]),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, forms: list[str]) -> None:
    assert len({stem(form, language) for form in forms}) == 1


@pytest.mark.parametrize(
    "text", ["5G nets, 3D-print; l'eau (H2O)!", "a/b e\u0301tude\n\nx", "🐟 fish", "(" * 900 + "weld"]
)
def test_words_keep_their_places_and_both_ways_of_counting_agree(text: str) -> None:
    found = list(words(parsed(text, "en"), "en"))
    assert all(text[word.start : word.end] == word.surface for word in found)
    slow = [word.surface.lower() for word in found]
    assert counted(text) == {form: slow.count(form) for form in slow}


def test_hostile_text_is_bounded_with_every_character_at_its_place() -> None:
    text = "ab " + "x" * 5000 + " weld \ud800" + "y " * 100_000
    read_as = readable(text)
    assert len(read_as) < len(text)
    assert read_as.index("weld") == text.index("weld")
    assert "\ud800" not in read_as


@pytest.mark.parametrize(
    ("wanted", "code", "agreement"),
    [
        ("B25J 9/16", "cpc:B25J9/1697", 1.0),
        ("B25J 9/16", "ipc:B25J 9/16", 1.0),
        ("B25J 9/00", "cpc:B25J 9/1602", 1.0),
        ("B25J 9/00", "cpc:B25J 90/16", 0.4),
        ("B25J 9/16", "cpc:B25J 11/00", 0.4),
        ("B25J 9/16", "cpc:B25J", 0.4),
        ("B25J", "cpc:b25j 9/16", 0.7),
        ("B25J", "cpc:B25", 0.0),
        ("B25J", "cpc:B25B 1/00", 0.0),
        ("B25J", "arxiv:B25J", 0.0),
        ("B25J", "B25J 9/16", 0.0),
    ],
)
def test_office_classes_agree_by_prefix(wanted: str, code: str, agreement: float) -> None:
    need = Need(id="n", title="t", description="d", cpc=(wanted,))
    assert agreements(need, [code]) == ([(code, agreement)] if agreement else [])


@pytest.mark.parametrize(
    ("wanted", "code", "agrees"),
    [
        ("cs.RO", "arxiv:cs.RO", True),
        ("cs", "arxiv:cs.RO", True),
        ("CS.ro", "arxiv:cs.RO", True),
        ("cs.R", "arxiv:cs.RO", False),
    ],
)
def test_arxiv_categories_agree(wanted: str, code: str, agrees: bool) -> None:
    assert bool(agreements(Need(id="n", title="t", description="d", arxiv=(wanted,)), [code])) is agrees


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("heat pump", "New heat pumps for homes", "heat pumps"),
        ("Heat-Pump", "a HEAT PUMP", "HEAT PUMP"),
        ("heat pumps", "heat–pump design", "heat–pump"),
        ("heat pump", "the pump needs heat", None),
        ("heat pump", "a heat exchanger pump", None),
        ("weld", "the whole world", None),
        ("C++", "written in c++.", "c++"),
        ("C++", "vitamin C", None),
        ("C#", "abC# x", None),
        ("🐟", "fresh 🐟 here", "🐟"),
        ("state of the art", "the state of the art of pumps", "state of the art"),
        ("5G", "a 5G network", "5G"),
        ("løpehjul", "ET LØPEHJUL", "LØPEHJUL"),
        ("\\d+ (x", "12 (x", None),
    ],
)
def test_a_phrase_is_found_in_any_form_at_its_place(phrase: str, text: str, found: str | None) -> None:
    item = document(text)
    place = find(phrase, "en", item, read(item, CURRENT))
    assert (place and text[place[1] : place[2]]) == found


def test_a_phrase_is_found_across_languages_by_either_rules() -> None:
    item = document("Varmepumper", "Nye sensorer for varmepumper.", language="nb")
    assert find("sensor", "en", item, read(item, CURRENT)) == ("text", 4, 12)


@pytest.mark.parametrize(
    ("norwegian", "english"),
    [
        ("sveising", {"welding"}),
        ("sveiserobotene", {"robot", "welding"}),
        ("radarsensorer", {"radar", "sensor"}),
        ("regnmåling", {"rain", "rainfall", "measurement", "measuring", "monitoring"}),
        ("lakselus", {"salmon", "lice", "louse"}),
        ("trenger", set()),
        ("fløyelsaktig", set()),
        ("5g", set()),
    ],
)
def test_norwegian_compounds_are_taken_apart(norwegian: str, english: set[str]) -> None:
    assert set(translated(norwegian, "nb", "en")) == {stem(word, "en") for word in english}
    assert translated(norwegian, "xx", "en") == ()


def _decided(title: str, **fields: object) -> list[tuple[bool, str | None]]:
    """Flags and rules of one item among others, for a need on quiet impellers."""
    need = Need.model_validate(
        {
            "id": "n",
            "title": "Quiet impellers",
            "description": "Plastic impellers with less flow noise in pumps",
            **fields,
        }
    )
    others = [document(f"Other subject {i}", f"Nothing to see in case {i}", key=f"o{i}") for i in range(40)]
    needs = [NeedVersion(need_key="a/n", company_key="a", version=1, need=need)]
    found = match([document(title, "Flow noise of plastic impellers in pumps"), *others], needs)
    return [(m.is_flagged, m.reasons.rule) for m in found if m.cluster_key == "k"]


def test_own_terms_override_the_model_and_exclude_wins() -> None:
    """P22."""
    assert _decided("Quiet impellers") == [(True, None)]
    assert _decided("Quiet impellers", exclude=("impeller",)) == [(False, "exclude: impeller")]
    assert _decided("Quiet impellers", include=("plastic impeller",)) == [(True, "include: plastic impeller")]
    both = _decided("Quiet impellers", include=("plastic impeller",), exclude=("turbine", "flow noise"))
    assert both == [(False, "exclude: flow noise")]


def test_an_include_term_flags_what_the_model_would_not_keep() -> None:
    need = Need(id="n", title="Quiet impellers", description="Less noise", include=("market day",))
    others = [
        document(f"Subject {i}", "A long text about something else altogether " * 3, key=f"o{i}") for i in range(40)
    ]
    item = document("Village news", "The next Market Days are in May. " + "It will rain in the hills. " * 20)
    [one] = match([item, *others], [NeedVersion(need_key="a/n", company_key="a", version=1, need=need)])
    assert one.is_flagged and one.fit < CURRENT.keep_floor
    assert one.reasons.terms[0] == "Market Days"
    assert one.reasons.passages[0].text == "The next Market Days are in May."


def test_a_long_sentence_is_cut_between_words_around_what_counted() -> None:
    text = "filler " * 100 + "the weld seam is tracked " + "padding " * 100
    reasons = explain(document("Title", text), "en", {"weld": 1.0, "seam": 0.5}, (), None)
    assert reasons is not None
    [passage] = reasons.passages
    assert "weld seam" in passage.text and len(passage.text) <= LONGEST_PASSAGE
    assert text[passage.start - 1] == " " == text[passage.end]


def test_an_item_that_shows_nothing_has_no_reasons() -> None:
    """P21: no match without a reason."""
    assert explain(document("Title", "Text"), "en", {"weld": 1.0}, (), None) is None
    assert explain(document(" ", ""), "en", {}, (("cpc:B25J", 0.3),), None) is None


def test_passages_do_not_repeat_what_is_said() -> None:
    text = "Weld seams. Weld seams again. A camera sees them. Nothing else here."
    reasons = explain(document("T", text), "en", {"weld": 1.0, "seam": 0.9, "camera": 0.8}, (), None)
    assert reasons is not None
    assert [p.text for p in reasons.passages] == ["Weld seams.", "A camera sees them."]
    assert reasons.terms == ("Weld", "seams", "camera")
