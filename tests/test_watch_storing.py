"""A need that is new or changed finds in stored columns what it finds in texts, and texts are read where those fail."""

from pathlib import Path
from typing import NoReturn

import pytest

from terms.company import Need, NeedVersion
from terms.haul import Haul
from tests.houses import make_house
from tests.make import NOW
from tests.test_warehouse_grounds import absorb
from warehouse import matches, runs
from warehouse.items import Counts
from warehouse.shelf import Shelf
from watch.holding import hold_since
from watch.house import House
from watch.match import match

NEEDS = [
    NeedVersion(need_key=f"co/{need.id}", company_key="co", version=2, need=need)
    for need in (
        Need(id="lice", title="Lice on salmon", description="Cameras that count sea lice.", exclude=("hull plates",)),
        Need(id="tanks", title="Hydrogen", description="Storage of hydrogen in steel.", cpc=("B25J",)),
        Need(id="nothing", title="Zzz", description="Qqq"),
    )
]


def held(house: House, shelf: Shelf, needs: list[NeedVersion]) -> list[dict[str, object]]:
    """What is kept for needs that were never matched."""
    with house.warehouse.read() as connection:
        return hold_since(connection, needs, 0, shelf).table.to_pylist()


def no_text(*_: object) -> NoReturn:
    raise AssertionError("texts were read")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """420 documents in two loads, matched after each."""
    house = make_house(tmp_path, monkeypatch)
    absorb(house, 0, 350, no=1)
    match(house)
    absorb(house, 300, 70, no=2)  # fifty of them are new states of stored ones
    match(house)
    return house


def shelf_of(house: House) -> Shelf:
    return Shelf(house.settings.home / "columns")


def test_stored_columns_give_what_texts_give(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = held(house, Shelf(tmp_path / "empty"), NEEDS)
    assert len(plain) > 50
    monkeypatch.setattr(matches, "stream_documents", no_text)
    assert held(house, shelf_of(house), NEEDS) == plain
    for need in NEEDS:
        assert held(house, shelf_of(house), [need]) == [row for row in plain if row["need_key"] == need.need_key]


def test_other_loads_of_the_same_numbers_are_noticed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a backup was put back and other hauls came."""
    haul = Haul(source="other", run_key="r1", state="complete", started_at=NOW, finished_at=NOW, counts={})
    with house.warehouse.write() as connection:
        runs.store_run(connection, haul, Counts(1, 0, 0), 2)
    monkeypatch.setattr(matches, "stream_documents", no_text)
    with pytest.raises(AssertionError, match="texts were read"):
        held(house, shelf_of(house), NEEDS[:1])


def test_include_terms_are_looked_for_in_texts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asks = NEEDS[0].model_copy(update={"need": NEEDS[0].need.model_copy(update={"include": ("heat pumps",)})})
    monkeypatch.setattr(matches, "stream_documents", no_text)
    with pytest.raises(AssertionError, match="texts were read"):
        held(house, shelf_of(house), [asks])


@pytest.mark.parametrize("kind", ["cut", "gone", "list"])
def test_a_damaged_shelf_changes_nothing(house: House, tmp_path: Path, kind: str) -> None:
    plain, shelf = held(house, Shelf(tmp_path / "empty"), NEEDS), shelf_of(house)
    chunks = [name for name in shelf.names() if name.startswith("items-") and name.endswith(".npz")]
    (told,) = (name for name in shelf.names() if name.endswith(".json"))
    assert len(chunks) == 2
    if kind == "cut":
        shelf.put(chunks[0], (shelf.read(chunks[0]) or b"")[:-900])
    elif kind == "gone":
        shelf.remove(chunks[0])
    else:
        shelf.put(told, b"[1")
    assert held(house, shelf, NEEDS) == plain


def test_a_pass_that_was_killed_leaves_what_was_there(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = shelf_of(house)
    before = shelf.names()
    absorb(house, 2000, 10, no=3)
    monkeypatch.setattr("watch.storing.Storing.finish", no_text)
    with pytest.raises(AssertionError, match="texts were read"):
        match(house)
    assert [name for name in shelf.names() if name.endswith(".json")] == [n for n in before if n.endswith(".json")]
    monkeypatch.undo()
    match(house)
    monkeypatch.setattr(matches, "stream_documents", no_text)
    assert held(house, shelf, NEEDS[:1])
