"""A warehouse built anew from what crawls left holds the same; a broker's splits outlive it (HOUSE 1.3, P17)."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import apart as said_apart
from terms.errors import RunBusy, VardeError
from tests.houses import make_house
from tests.make import NOW
from tests.test_kill_absorb import left_by_crawls
from warehouse import apart, items, runs
from warehouse.apart import Kept
from watch import twins
from watch.absorb import absorb
from watch.house import House
from watch.housekeeping import keep_house
from watch.lock import only_one
from watch.match import match
from watch.rebuild import Rebuilt, rebuild
from watch.snapshot import snapshot
from watch.splits import bring_splits

ONE, OTHER = "arxiv:arxiv-0001", "crossref:crossref-0001"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Four hauls of two sources with twins and changes, absorbed."""
    left_by_crawls(tmp_path)
    house = make_house(tmp_path, monkeypatch)
    absorb(house, size=150)
    return house


def homes(house: House) -> list[str]:
    with house.warehouse.read() as connection:
        found = items.read_clusters_of(connection, [ONE, OTHER])
    return [found[ONE], found[OTHER]]


def test_a_rebuilt_warehouse_is_the_same(house: House) -> None:
    """The logical dump, matches and a split included; nothing is left beside it."""
    twins.split(house, OTHER, broker="Bo")
    match(house)
    before = snapshot(house)
    assert rebuild(house) == Rebuilt(4, 400, 400)
    assert snapshot(house) == before
    assert homes(house) == [ONE, OTHER]
    assert absorb(house) == []
    assert not (house.settings.home / "rebuilt").exists()


def test_a_rebuild_after_housekeeping_is_the_same(house: House) -> None:
    """Hauls older than a month are packed, not removed; packing twice packs nothing, a damaged one is told."""
    match(house)
    before = snapshot(house)
    later = replace(house, clock=lambda: NOW + timedelta(days=31))
    assert [keep_house(later).hauls_packed, keep_house(later).hauls_packed] == [2, 0]
    packed = sorted(house.hauls.glob("*/*/items.jsonl.gz"))
    assert [path.parent.parent.name for path in packed] == ["arxiv", "crossref"]
    assert rebuild(house) == Rebuilt(4, 400, 400)
    assert snapshot(house) == before
    packed[0].write_bytes(packed[0].read_bytes()[:-20])
    shutil.rmtree(house.hauls / "arxiv" / "20261122T060000Z")
    with pytest.raises(VardeError, match="0 of 200 items of arxiv"):
        rebuild(house)
    assert snapshot(house) == before


def test_a_rebuild_that_would_lose_items_changes_nothing(house: House) -> None:
    """Hauls that were removed: it says so, unless it is wanted all the same."""
    before = snapshot(house)
    shutil.rmtree(house.hauls / "crossref")
    with pytest.raises(VardeError, match="0 of 200 items of crossref"):
        rebuild(house)
    assert snapshot(house) == before
    assert rebuild(house, even_if_less=True) == Rebuilt(2, 400, 200)


def test_two_rebuilds_do_not_meet(house: House) -> None:
    """The second is told at once."""
    with only_one(house, "rebuild"), pytest.raises(RunBusy, match="already running"):
        rebuild(house)


def test_a_split_from_before_the_ledger_kept_them_goes_there(house: House) -> None:
    """The way over: what only the warehouse knows is said in the ledger by the next absorb or rebuild."""
    with house.warehouse.write() as connection:
        apart.split(connection, OTHER, broker="Bo", at=house.clock())
    bring_splits(house, house.warehouse)
    with house.ledger.read() as connection:
        said = said_apart.read_apart(connection)
    assert [(pair.item_key, pair.other_key, pair.broker) for pair in said] == [(OTHER, ONE, "Bo")]


def test_a_split_whose_writer_was_killed_is_brought_to_an_end(house: House) -> None:
    """The ledger has the word, the warehouse does not yet: the next absorb takes them apart."""
    with house.ledger.write() as connection:
        said_apart.keep_apart(connection, [said_apart.KeptApart(OTHER, ONE, "Bo", house.clock())])
    assert homes(house) == [ONE, ONE]
    bring_splits(house, house.warehouse)
    assert homes(house) == [ONE, OTHER]
    bring_splits(house, house.warehouse)
    with house.warehouse.read() as connection:
        assert apart.read_kept(connection) == [Kept(OTHER, ONE, "Bo", house.clock())]
        assert runs.size(connection) == [("arxiv", "publication", 200), ("crossref", "publication", 200)]
