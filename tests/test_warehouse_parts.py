"""Absorbing in parts: taken up after a kill, damaged lines left aside; one catalogue a run; undo after a join."""

from pathlib import Path

import pytest

from ledger import incidents
from spiders import catalogue
from terms.errors import VardeError, WarehouseBusy
from terms.haul import Haul
from terms.item import Publication
from tests.fetches import fetched, flagged
from tests.houses import make_house
from tests.make import NOW, item, paper
from tests.test_kill_absorb import PART, left_by_crawls
from warehouse import checks, items, loading, runs, store
from warehouse.store import Warehouse
from watch import collect, review
from watch.absorb import absorb, absorb_folders, load_haul
from watch.hauls import parts, read_haul
from watch.house import House


class Killed(BaseException):
    """Stands for SIGKILL inside this process."""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch)


def dump(warehouse: Warehouse) -> list[str]:
    with warehouse.read() as connection:
        told = [(r.source, r.items, r.new_items, r.changed_items) for r in runs.latest_runs(connection)]
        return [*runs.dump(connection), str(told)]


@pytest.mark.parametrize("stops_at", [1, 2, 3, 4, 5])
def test_a_load_that_was_stopped_is_taken_up(stops_at: int, house: House, tmp_path: Path) -> None:
    """P14, P63: what is in stays in, the cursor waits for the last part, and the run counts each item once."""
    left_by_crawls(tmp_path)
    calm = Warehouse(tmp_path / "calm" / "warehouse.duckdb")
    for folder in collect.pending_hauls(house):
        with calm.turn() as turn:
            load_haul(turn, read_haul(folder), folder, print, PART)
    first = next(collect.pending_hauls(house))
    haul, done = read_haul(first), 0

    class Stopping(store.Turn):
        def transaction(self):  # type: ignore[no-untyped-def]
            nonlocal done
            done += 1
            if done > stops_at:
                raise Killed
            return super().transaction()

    with pytest.raises(Killed), house.warehouse.turn() as turn:
        load_haul(Stopping(turn._connection), haul, first, print, PART)
    house.warehouse.recover()
    with house.warehouse.read() as connection:
        assert runs.read_cursors(connection) == {}
        assert loading.read_progress(connection, haul).lines == (stops_at - 1) * PART
    assert [load.new for load in absorb(house, size=PART)][:2] == [5 * PART, 5 * PART]
    assert dump(house.warehouse) == dump(calm)


def test_the_size_of_parts_changes_nothing(house: House, tmp_path: Path) -> None:
    """One transaction or many: the same rows and the same health."""
    left_by_crawls(tmp_path)
    whole = Warehouse(tmp_path / "whole" / "warehouse.duckdb")
    for folder in collect.pending_hauls(house):
        with whole.turn() as turn:
            load_haul(turn, read_haul(folder), folder, print)
    absorb(house, size=7)
    assert dump(house.warehouse) == dump(whole)


def test_a_haul_that_another_absorbed_meanwhile_is_left_alone(house: House, tmp_path: Path) -> None:
    """Two `varde absorb` at once: both saw it waiting, one loads it (D-04)."""
    left_by_crawls(tmp_path)
    waiting = list(collect.pending_hauls(house))
    assert len(absorb_folders(house, house.warehouse, waiting)) == 4
    before = dump(house.warehouse)
    assert absorb_folders(house, house.warehouse, waiting) == []
    assert dump(house.warehouse) == before


def test_lines_that_are_no_items_are_left_out_and_told(house: House) -> None:
    """HOUSE 6: one record unreadable is an incident, and the others are stored."""
    fetched(house, [item("1")], 0, "journal")
    folder = house.hauls / "journal" / "20261124T053000Z"
    folder.mkdir()
    lines = [item("2").model_dump_json(), '{"source":"journal","source_id":3}', item("4").model_dump_json()]
    (folder / "items.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    told = read_haul(house.hauls / "journal" / "20261123T053000Z").model_copy(update={"run_key": folder.name})
    (folder / "haul.json").write_text(told.model_copy(update={"counts": {"items": 3}}).model_dump_json(), "utf-8")
    assert [load.new for load in absorb(house)] == [2]
    with house.ledger.read() as connection:
        (noted,) = incidents.read_incidents(connection)
    assert noted.incident.message == "Items of a haul were left out"
    assert noted.incident.facts["first"].startswith("line 2: source_id: Input should be a valid string")


def test_parts_are_read_in_order_and_at_least_once(house: House, tmp_path: Path) -> None:
    """Whatever the size; a haul without items is one empty part."""
    left_by_crawls(tmp_path)
    folder = next(collect.pending_hauls(house))
    for size in (1, 99, 100, 200, 201):
        read = list(parts(folder, size))
        assert [one.source_id for part in read for one in part.items] == [f"arxiv-{n:04}" for n in range(200)]
        assert [part.is_last for part in read] == [False] * (len(read) - 1) + [True]
        assert read[-1].lines == 200
    (folder / "items.jsonl").write_bytes(b"")
    assert [(part.lines, part.items, part.is_last) for part in parts(folder)] == [(0, [], True)]


def test_a_tally_counts_fields_as_they_are_written(house: House) -> None:
    """Empty strings, lists and unstated languages are not filled; parts are counted field by field."""
    tally = checks.Tally()
    tally.add([item("1", publication=Publication(doi="10.1/x")), item("2", language="en", codes=("cpc:A",))])
    assert tally.filled == {"title": 2, "text": 2, "url": 2, "publication.doi": 1, "language": 1, "codes": 1}
    assert (tally.items, len(tally.captures)) == (2, 64)


def test_a_commit_that_is_not_in_the_file_is_not_published_and_heals(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that is full at the checkpoint: readers keep the former state, the next start brings it in and says so."""
    fetched(house, [item("1")], 0, "journal")
    before, leftover = dump(house.warehouse), house.warehouse.path.with_name("warehouse.duckdb.wal")
    with pytest.raises(VardeError, match="nothing is lost"), house.warehouse.turn() as turn:
        with turn.transaction() as connection:
            connection.execute("create table later (n integer)")
        leftover_bytes = leftover.read_bytes()
        turn.close()
        leftover.write_bytes(leftover_bytes)
    assert dump(house.warehouse) == before
    leftover.write_bytes(b"")
    house.warehouse.recover()
    assert "are brought into it" in caplog.text
    assert not leftover.exists()
    with house.warehouse.read() as connection:
        assert connection.execute("select count(*) from later").fetchall() == [(0,)]


def test_a_reader_that_starts_while_a_writer_works_neither_waits_nor_fails(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P61: opening a house for reading takes no lock that a writer holds; without any copy there is nothing to read."""
    fetched(house, [item("1")], 0, "journal")
    flagged(house, "journal:1")
    monkeypatch.setenv("VARDE_WAREHOUSE_WAIT_S", "0.1")
    with house.warehouse.write() as connection:
        connection.execute("delete from matches")
        again = make_house(tmp_path, monkeypatch)
        assert len(review.queue(again).waiting) == 1
        again.warehouse.published.unlink()
        with pytest.raises(WarehouseBusy, match="another process"):
            again.warehouse.recover()
    assert review.queue(make_house(tmp_path, monkeypatch)).waiting == ()


def test_a_run_builds_the_catalogue_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty questions to one list of sources, which is read from disk once."""
    built: list[int] = []
    monkeypatch.setattr(collect, "all_sources", lambda feeds: built.append(1) or catalogue.all_sources(feeds))
    monkeypatch.setattr(collect, "crawl_in_child", lambda name, plan, **_: stand_in(name))
    assert [haul.source for haul in collect.collect(house, ["arxiv", "ukri"])] == ["arxiv", "ukri"]
    assert built == [1]


def stand_in(name: str) -> Haul:
    return Haul(source=name, run_key="r", state="complete", started_at=NOW, finished_at=NOW, counts={})


def test_a_decision_is_undone_under_the_name_its_cluster_had(house: House) -> None:
    """Accepted alone, then joined to an older cluster: undo finds the decision that stands, and it waits again."""
    title = "Lice counting with stereo cameras in salmon cages"
    fetched(house, [paper("older", "1", "A draft that says little", "10.1/x")], 0, "older")
    fetched(house, [paper("younger", "2", title)], 1, "younger")
    flagged(house, "younger:2")
    (waiting,) = review.queue(house).waiting
    review.decide(house, waiting, "accept", broker="Bo")
    fetched(house, [paper("third", "3", title, "10.1/x")], 2, "third")
    with house.warehouse.read() as connection:
        assert items.read_clusters_of(connection, ["younger:2"]) == {"younger:2": "older:1"}
    assert review.queue(house).waiting == ()
    joined = review.find_opportunity(house, review.opportunity_ref(waiting.model_copy(
        update={"match": waiting.match.model_copy(update={"cluster_key": "older:1"})}
    )))  # fmt: skip
    undone = review.decide(house, joined, "undo", broker="Bo")
    assert (undone.cluster_key, joined.match.cluster_key) == ("younger:2", "older:1")
    assert [o.match.cluster_key for o in review.queue(house).waiting] == ["older:1"]
