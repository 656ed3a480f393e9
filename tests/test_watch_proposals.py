"""Proposals for a need: terms with reasons, classes, TRL, what it would have found; nothing is changed (P03)."""

from pathlib import Path

import pytest

from nlp.ground import survey
from nlp.phrases import phrases, shared_phrases
from nlp.recipe import CURRENT
from nlp.terms import read
from nlp.trl import maturity
from terms.errors import NotFound, VardeError
from terms.match import Document
from tests.door import Door
from tests.houses import make_house, stock
from tests.make import item, need
from watch.descriptions import described, need_of
from watch.house import House
from watch.proposals import propose
from watch.snapshot import snapshot

TEXTS = ("Sensors measure the water.", "The valve of a pump in the water.", "A pump and a sensor for boats.")
GROUND = survey(
    [read(Document(cluster_key=t, item_key=t, kind="publication", title="", text=t), CURRENT) for t in TEXTS], CURRENT
)


def named(title: str, text: str, language: str = "en") -> list[str]:
    return [one.text for one in phrases(title, text, language, GROUND)]


def test_terms_are_noun_like_and_say_why() -> None:
    """Pieces of a longer term are not told twice; words of any description are no terms."""
    found = phrases(
        "Hydrogen embrittlement of valve springs",
        "We need tests for hydrogen embrittlement. Autonomous underwater vehicles (AUV) carry the AUV sensor.",
        "en",
        GROUND,
    )
    by_text = {one.text: one for one in found}
    assert by_text["Hydrogen embrittlement"].weight == 1.0
    assert {why.kind for why in by_text["Hydrogen embrittlement"].why} == {"title", "often", "unknown"}
    assert [why.note for why in by_text["AUV"].why if why.kind == "abbreviation"] == ["Autonomous underwater vehicles"]
    assert not {"embrittlement", "need", "We", "tests"} & set(by_text)


@pytest.mark.parametrize(
    ("text", "language", "terms"),
    [
        ("Grippers pack bakery goods.", "en", {"Grippers", "bakery goods"}),
        ("A seal for high-pressure hydrogen", "en", {"high-pressure hydrogen"}),
        ("Kamera som skiller hunnlus", "nb", {"Kamera", "hunnlus"}),
        ("Anlegg varierer oksygenbehovet", "nb", {"Anlegg", "oksygenbehovet"}),
        ("ROBOT WRIST WITH HOLLOW SHAFT", "en", {"robot wrist", "hollow shaft"}),
        ("", "en", set()),
        ("🦀 !!! 123", "xx", set()),
    ],
)
def test_verbs_and_marks_part_terms(text: str, language: str, terms: set[str]) -> None:
    found = set(named("", text, language))
    assert terms <= found
    assert not {"pack", "skiller", "varierer"} & {word for one in found for word in one.lower().split()}


def test_terms_that_the_nearest_items_share() -> None:
    """In enough of them, and not what the description says already."""
    known = phrases("Valve springs", "", "en", GROUND)
    texts = [("Cryogenic seat of a valve", "", "en"), ("A cryogenic seat", "", "en"), ("Fish", "valve springs", "en")]
    near = shared_phrases(texts, known, GROUND)
    assert [(one.text, [(why.kind, why.note) for why in one.why]) for one in near] == [
        ("Cryogenic seat", [("near", "2")])
    ]


@pytest.mark.parametrize(
    ("text", "language", "now", "target"),
    [
        ("We have a prototype. We want a pilot plant.", "en", 5, 7),
        ("Now TRL 4 to 7.", "en", 4, 7),
        ("We have a prototype. The aim is TRL 8.", "en", 5, 8),
        ("Vi har testet i laboratoriet. Målet er et produkt på markedet.", "nb", 4, 9),
        ("Es gibt einen Prüfstand.", "de", 4, None),
        ("TRL 45 and TRL 0 say nothing, nor does TRL.", "en", None, None),
        ("Salmon lice.", "en", None, None),
    ],
)
def test_trl_is_guessed_with_the_sentence_it_rests_on(text: str, language: str, now: int, target: int) -> None:
    told = maturity(text, language)
    assert (told.now.level if told.now else None, told.target.level if told.target else None) == (now, target)
    for guess in (told.now, told.target):
        assert guess is None or guess.quote in text


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Patents with classes and a paper, all of the last month."""
    made = make_house(tmp_path, monkeypatch)
    patents = [
        item(f"p{n}", source="epo", kind="patent", title=f"Metal seal for a hydrogen valve, kind {n}", codes=codes)
        for n, codes in enumerate([("cpc:F16J15/08",)] * 3)
    ]
    stock(made, item("paper", title="Metal seals of hydrogen valves leak"), *patents)
    return made


def test_proposals_change_nothing_and_say_what_they_rest_on(house: House) -> None:
    before = snapshot(house)
    found = propose(house, "tind", need(include=("metal seals",)))
    assert snapshot(house) == before
    terms = {one.text: one for one in found.terms}
    assert terms["Tight hydrogen valves"].weight == 1.0
    assert "metal seals" not in {text.lower() for text in terms}  # the need has it
    (held,) = found.classes
    assert (held.code, held.probability, held.carried) == ("F16J", None, 3)
    assert held.patents[0].startswith("Metal seal for a hydrogen valve")
    assert found.classes_by is None
    assert found.trial.examined == 4
    assert found.trial.hits


def test_a_class_that_the_need_has_is_not_proposed(house: House) -> None:
    assert propose(house, "tind", need(cpc=("F16J 15/08",))).classes == ()


def test_a_term_tells_how_often_it_would_flag(house: House) -> None:
    """By the same rules as the queue: whatever case and inflection."""
    found = propose(house, "tind", described("Hydrogen valve", None, "text"))
    flags = {one.text: one.flags for one in found.terms}
    assert flags["Hydrogen valve"] == 4


def test_the_verb_on_a_need_and_on_a_file(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    varde, path = Door(tmp_path, capsys, monkeypatch), tmp_path / "plain.txt"
    path.write_text("Tette ventiler for hydrogen\nVi har en prototype. Vi trenger tetninger av metall.\n", "utf-8")
    said = varde("need", "propose", "tind/valves")
    assert said.code == 0
    assert "F16J" in said.out
    assert "nothing was changed" in said.out
    rows = varde("need", "propose", str(path), "--json").rows
    assert rows["trl"]["now"]["level"] == 5
    assert rows["trl"]["target"] is None
    assert {"text", "weight", "why", "flags", "is_near"} == set(rows["terms"][0])
    assert varde("need", "propose", "tind/nothing").code == 1
    assert "COMPANY/NEED" in varde("need", "propose", "nowhere.txt").err


@pytest.mark.parametrize(("octets", "says"), [(b"", "no text"), (b"\xff\xfe", "UTF-8"), (b"a" * 100_001, "larger")])
def test_a_description_that_cannot_be_read(octets: bytes, says: str, house: House, tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_bytes(octets)
    with pytest.raises(VardeError, match=says):
        need_of(house, str(path))
    with pytest.raises(NotFound, match="it has valves"):
        need_of(house, "tind/other")
