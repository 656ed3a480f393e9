"""The index of words: built in bulk, kept up by load, hostile words harmless, Norwegian letters found (P33, F-13)."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from terms.item import Item
from tests.houses import make_house, stock
from tests.make import item
from warehouse import search
from warehouse.search import SearchIndex
from warehouse.shared import SharedWarehouse
from watch.desk_book import Shelf
from watch.house import House

TITLES = {
    "1": "Tøtte ventiler på Ålesund båtbyggeri", "2": "Æresdoktor i sjømatøkonomi", "3": "Resealable métal boxes",
    "4": "Straße und Größe", "5": "Deep_learning for well-known seals", "6": "Водород и уплотнения",
    "7": "水素シール 弁",
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = make_house(tmp_path, monkeypatch)
    stock(made, *(item(key, title=title, text="") for key, title in TITLES.items()))
    return made


@pytest.fixture
def index(house: House) -> Iterator[SearchIndex]:
    made = SearchIndex(house.warehouse)
    assert made.refresh() == len(TITLES)
    yield made


def found(index: SearchIndex, words: str) -> list[str]:
    """The last part of each key."""
    return [line.item_key.split(":")[1] for line in index.find(words)]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("tøtte", "1"),
        ("TØTTE VENTILER", "1"), ("Ålesund", "1"), ("a\u030alesund", "1"), ("båtby", "1"), ("ventil", "1"),
        ("æresd", "2"), ("sjømatøk", "2"), ("metal", "3"), ("MÉTAL box", "3"), ("straße", "4"), ("größe", "4"),
        ("deep_learning", "5"), ("well-known", "5"), ("learn", "5"), ("водо", "6"), ("水素シール", "7"),
    ],
)  # fmt: skip
def test_words_and_beginnings_in_any_script(index: SearchIndex, words: str, key: str) -> None:
    """Case and accents aside; letters of two code points; what joins words parts them."""
    assert found(index, words) == [key]


def test_a_whole_word_comes_before_beginnings(house: House, index: SearchIndex) -> None:
    """Newest first within each; no item twice."""
    stock(house, item("w", title="seal", text=""), item("b", title="sealing", text=""), no=2)
    index.refresh()
    assert found(index, "seal") == ["w", "b", "5"]


def test_only_what_is_new_is_taken_in(house: House, index: SearchIndex) -> None:
    """A new copy costs what has changed in it; the words of a former state lead nowhere, also for the last row."""
    assert index.refresh() == 0
    stock(house, item("7", title="Changed altogether"), no=2)
    assert index.refresh() == 1
    assert found(index, "altogether") == ["7"]
    assert found(index, "水素シール") == []
    assert index.refresh() == 0


def test_in_bulk_the_same_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built in several transactions, as a million are."""
    monkeypatch.setattr(search, "_BULK", 3)
    made, told = SearchIndex(house.warehouse), list[int]()
    assert made.refresh(told.append) == len(TITLES)
    assert told == [3, 6, 7]
    assert [found(made, title) for title in TITLES.values()] == [[key] for key in TITLES]


def test_a_kill_between_two_parts_loses_and_doubles_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun again where it was; what was in stands once."""
    monkeypatch.setattr(search, "_BULK", 3)
    made = SearchIndex(house.warehouse)

    def killed(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made.refresh(killed)
    assert made.refresh() == len(TITLES)
    assert found(made, "tøtte") == ["1"]


def test_an_index_of_another_format_or_none_is_made_anew(house: House, index: SearchIndex) -> None:
    """It holds nothing that is not stored elsewhere."""
    with sqlite3.connect(index.path) as connection:
        connection.execute("pragma user_version=1")
    assert found(index, "tøtte") == []
    assert index.refresh() == len(TITLES)
    assert found(index, "tøtte") == ["1"]
    for ending in ("", "-wal", "-shm"):
        index.path.with_name(index.path.name + ending).unlink(missing_ok=True)
    index.path.write_bytes(b"not a database, whatever its name says" * 100)
    assert index.refresh() == len(TITLES)


@pytest.mark.parametrize(
    "words",
    ['"', "a NEAR b", "title:tøtte*", "* OR *", "(", "^tøtte", "a AND", "_", "\0", "-", "{", "\ud800", "١٢٣ ½ ²"],
)
def test_nothing_typed_is_syntax(index: SearchIndex, words: str) -> None:
    """No error, whatever is typed."""
    assert len(index.find(words)) <= 1


def test_the_book_reads_only_what_changed(house: House) -> None:
    """Entries that stand as they were are the same objects; where nothing changed the whole book is."""
    warehouse = SharedWarehouse(house.warehouse)
    shelf = Shelf(warehouse)
    first = shelf.newest()
    stock(house, item("u", title="Nobody's"), no=2, flagged=False)
    second = shelf.newest()
    assert second.stamp != first.stamp
    assert second.edition == first.edition
    assert second.entries is first.entries
    stock(house, changed(), no=3)
    third = shelf.newest()
    assert third.edition == first.edition + 1
    kept = {id(entry) for entry in first.prints.values()} & {id(entry) for entry in third.prints.values()}
    assert len(kept) == len(TITLES) - 1
    assert third.find("tind", first.entries["tind"][0].ref)


def changed() -> Item:
    """The first item, with another title."""
    return item("1", title="Tøtte ventiler, ny utgave")
