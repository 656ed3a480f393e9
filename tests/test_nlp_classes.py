"""CPC subclasses learned from stored patents: what they are worth, kept, given to papers and calls (P03)."""

import random
from pathlib import Path

import numpy as np
import pytest

from nlp.classes import FEWEST_PATENTS, packed, places_of, subclasses, train, unpacked
from nlp.ground import survey
from nlp.recipe import CURRENT
from nlp.terms import read
from terms.errors import NotFound, VardeError
from terms.item import Item
from terms.match import Document
from tests.door import Door
from tests.houses import make_house
from tests.make import NOW, item
from warehouse import clusters, items
from watch.classes import class_model, predicted_classes, refresh_classes, train_classes
from watch.house import House
from watch.match import match

FIELDS = {
    "B25J": "robot gripper manipulator joint arm finger wrist actuator pick grasp controller tool",
    "H01M": "battery electrode cell lithium anode cathode electrolyte separator charge graphite fuel stack",
    "A01K": "fish salmon cage feeding pen lice net aquaculture water farming smolt tank",
    "F03D": "wind turbine rotor blade nacelle tower pitch gust yaw offshore gearbox generator",
}
COUNT = FEWEST_PATENTS + 60


def patents(count: int, seed: int = 1) -> list[Document]:
    """Made-up patents, mostly in the words of one field, with its class."""
    chance = random.Random(seed)
    other = [f"word{n}" for n in range(300)]
    made = []
    for number in range(count):
        field = sorted(FIELDS)[number % 4]
        words = [chance.choice(FIELDS[field].split()) for _ in range(14)] + [chance.choice(other) for _ in range(12)]
        chance.shuffle(words)
        made.append(
            Document(
                cluster_key=f"p{seed}-{number}", item_key=f"epo:p{seed}-{number}", kind="patent",
                title=" ".join(words[:5]), text=" ".join(words), language="en",
                codes=(f"cpc:{field}9/00", "ipc:Z99Z1/00"),
            )
        )  # fmt: skip
    return made


def learned(every: list[Document]) -> tuple[object, ...]:
    ground = survey([read(document, CURRENT) for document in every], CURRENT)
    model = train(
        places_of(every, ground, CURRENT), [subclasses(d.codes) for d in every], [d.cluster_key for d in every]
    )
    return ground, model


def test_subclasses_of_codes() -> None:
    """CPC before IPC, whatever the spelling; former US references and other schemes are none."""
    assert subclasses(["cpc:B25J 9/16", "cpc:b25j9/00", "ipc:H01M4/00"]) == {"B25J"}
    assert subclasses(["ipc:H01M 4/00", "arxiv:cs.RO", "cpc:Y10S901/00", "cpc:B2"]) == {"H01M"}
    assert subclasses(["cpc:Y02E10/72"]) == {"Y02E"}
    assert subclasses([]) == frozenset()


def test_what_is_learned_holds_on_what_was_not_seen_and_is_the_same_each_time() -> None:
    every = patents(COUNT)
    ground, model = learned(every)
    assert model is not None
    assert model.classes == tuple(sorted(FIELDS))
    assert model.held_out.first > 0.95
    assert model.held_out.likely_right > 0.9
    assert model.held_out.patents == pytest.approx(COUNT / 5, rel=0.3)
    fresh = patents(40, seed=2)
    best = [own[0] for own in model.predict(places_of(fresh, ground, CURRENT))]
    assert [one.code for one in best] == [next(iter(subclasses(d.codes))) for d in fresh]
    assert all(0.5 < one.probability <= 1 for one in best)
    assert learned(patents(COUNT))[1].model_version == model.model_version


def test_too_few_patents_teach_nothing() -> None:
    assert learned(patents(FEWEST_PATENTS - 1))[1] is None


def test_nothing_is_said_of_a_text_without_a_known_word() -> None:
    every = patents(COUNT)
    ground, model = learned(every)
    strange = Document(cluster_key="x", item_key="x", kind="call", title="Qwxyz", text="zzyzx qqq")
    assert model.predict(places_of([strange], ground, CURRENT)) == [()]


def test_a_model_comes_back_from_its_octets() -> None:
    _, model = learned(patents(COUNT))
    again = unpacked(packed(model))
    assert (again.classes, again.curve, again.held_out, again.patents) == (
        model.classes, model.curve, model.held_out, model.patents,
    )  # fmt: skip
    assert np.array_equal(again.weights, model.weights)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Patents of four fields, a paper without classes, statistics taken."""
    made = make_house(tmp_path, monkeypatch)
    arriving = [
        Item(source="epo", source_id=d.cluster_key, kind="patent", title=f"{d.title} {n}", text=d.text, language="en",
             url=f"https://epo.example/{n}", capture_sha256="0" * 64, codes=d.codes)
        for n, d in enumerate(patents(COUNT))
    ]  # fmt: skip
    paper = item("paper", title="A lithium battery with a graphite anode", text="Cell, electrode and electrolyte.")
    with made.warehouse.write() as connection:
        absorbed = items.absorb(connection, [*arriving, paper], absorb_no=1, seen_at=NOW)
        clusters.join(connection, (*absorbed.new, *absorbed.changed))
    return made


def test_a_paper_gets_a_class_from_the_patents_of_the_house(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Trained by housekeeping where it is due; kept; gone with the statistics it stood on."""
    varde = Door(tmp_path, capsys, monkeypatch)
    assert refresh_classes(house) == "too few patents"  # no statistics yet
    assert varde("classes", "journal:paper").code == 1
    match(house)
    assert varde("housekeeping").code == 0
    assert refresh_classes(house) == "stands"
    (best, *_) = predicted_classes(house, ["journal:paper"])["journal:paper"]
    assert best.code == "H01M"
    assert varde("classes", "journal:paper", "--json").rows[0]["class"] == "H01M"
    assert varde("classes", "--json").rows[0]["classes"] == "4"
    with pytest.raises(NotFound, match="journal:none"):
        predicted_classes(house, ["journal:none"])
    with house.warehouse.write() as connection:
        connection.execute("delete from grounds")
    with house.warehouse.read() as connection:
        assert class_model(connection) is None


def test_training_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VardeError, match="varde match"):
        train_classes(make_house(tmp_path, monkeypatch))
