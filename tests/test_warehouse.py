"""The warehouse: the same payload again changes nothing, failures drop nothing, readers never wait."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from terms.errors import WarehouseBusy
from terms.haul import Haul
from terms.item import Item
from tests.make import NOW, item, match, paper
from warehouse import clusters, items, matches, runs
from warehouse.items import Absorbed
from warehouse.sql import queries
from warehouse.store import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse.duckdb", wait_s=0.2)


def absorb(warehouse: Warehouse, *arriving: Item, no: int = 1) -> Absorbed:
    """One load, with its clusters and its run."""
    haul = Haul(
        source="journal", run_key=str(no), state="complete", started_at=NOW, finished_at=NOW, counts={}, cursor=str(no)
    )
    with warehouse.write() as connection:
        absorbed = items.absorb(connection, arriving, absorb_no=no, seen_at=NOW + timedelta(days=no))
        clusters.join(connection, absorbed.new + absorbed.changed)
        runs.store_run(connection, haul, absorbed, no)
    return absorbed


def dump(warehouse: Warehouse) -> list[str]:
    with warehouse.read() as connection:
        return runs.dump(connection)


def test_the_same_items_again_change_no_row(warehouse: Warehouse) -> None:
    """P11; a new capture of an unchanged record is not a change either."""
    absorb(warehouse, item("1"), item("2"))
    before = [row for row in dump(warehouse) if not row.startswith("cursor")]
    again = absorb(warehouse, item("1", capture_sha256="f" * 64), item("2"), no=2)
    assert again == Absorbed((), (), 2)
    assert [row for row in dump(warehouse) if not row.startswith("cursor")] == before


def test_a_changed_item_becomes_a_revision_with_its_fields(warehouse: Warehouse) -> None:
    """P11."""
    absorb(warehouse, item("1"))
    assert len(absorb(warehouse, item("1", title="A better title for the same paper"), no=2).changed) == 1
    with warehouse.read() as connection:
        history = items.read_revisions(connection, "journal:1")
        stored = items.read_items(connection, ["journal:1"])["journal:1"]
    assert history[0].revision == 2
    assert history[0].changes["title"][1] == "A better title for the same paper"
    assert set(history[0].changes) == {"title"}
    assert stored.item.title == "A better title for the same paper"


def test_an_item_round_trips_through_the_store(warehouse: Warehouse) -> None:
    """Norwegian letters and all fields."""
    whole = item("ø", title="Blåskjell på Ørlandet: målinger", codes=("ipc:A01K 61/54",), published_on="2026-01-02")
    absorb(warehouse, whole)
    with warehouse.read() as connection:
        assert items.read_items(connection, ["journal:ø"])["journal:ø"].item == whole


TWIN = "Lice counting with stereo cameras in salmon cages"


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        (paper("arxiv", "1", TWIN), paper("journal", "2", TWIN.upper(), "10.1/x"), True),
        (
            paper("arxiv", "1", "Draft title that was changed later", "10.1/x"),
            paper("journal", "2", TWIN, "10.1/X"),
            True,
        ),
        (paper("arxiv", "1", TWIN, "10.48550/arXiv.1"), paper("journal", "2", TWIN, "10.1/x"), True),
        (paper("journal", "1", TWIN, "10.1/x"), paper("journal", "2", TWIN, "10.1/y"), False),
        (paper("journal", "1", "Editorial"), paper("journal", "2", "Editorial"), False),
    ],
)
def test_twins_share_a_cluster(warehouse: Warehouse, first: Item, second: Item, is_one: bool) -> None:
    """P17: DOI or title; two DOIs under one title are two papers."""
    absorb(warehouse, first)
    absorb(warehouse, second, no=2)
    with warehouse.read() as connection:
        homes = items.read_clusters_of(connection, [first.item_key, second.item_key])
    assert (homes[first.item_key] == homes[second.item_key]) is is_one
    assert homes[first.item_key] == first.item_key


def test_twins_in_one_load_and_a_link_between_two_clusters(warehouse: Warehouse) -> None:
    """A third record with the DOI of one and the title of the other makes all three one, under the oldest key."""
    absorb(warehouse, paper("a", "1", "Some early title of the work", "10.1/x"), paper("b", "2", TWIN))
    absorb(warehouse, paper("c", "3", TWIN, "10.1/x"), no=2)
    with warehouse.read() as connection:
        homes = set(items.read_clusters_of(connection, ["a:1", "b:2", "c:3"]).values())
        members = items.read_members(connection, ["a:1"])
    assert homes == {"a:1"}
    assert members == {"a:1": ["a:1", "b:2", "c:3"]}


def test_an_error_inside_a_write_reaches_the_caller_and_leaves_nothing(warehouse: Warehouse) -> None:
    """RELIABILITY D-07: DuckDB's own COMMIT would report success."""
    absorb(warehouse, item("1"))
    before = dump(warehouse)
    with pytest.raises(duckdb.Error), warehouse.write() as connection:
        items.absorb(connection, [item("2")], absorb_no=2, seen_at=NOW)
        connection.execute("select nothing_like_this from items")
    assert dump(warehouse) == before
    with warehouse.write() as connection:
        assert connection.execute("select count(*) from items").fetchone() == (1,)


def test_readers_do_not_wait_for_a_writer_and_a_second_writer_is_told(warehouse: Warehouse) -> None:
    """P61; RELIABILITY D-05."""
    absorb(warehouse, item("1"))
    with warehouse.write():
        assert dump(warehouse)
        with pytest.raises(WarehouseBusy, match="another process"), Warehouse(warehouse.path, wait_s=0.1).write():
            pass


def test_a_copy_left_behind_by_a_kill_is_published_on_recovery(warehouse: Warehouse) -> None:
    """Killed between commit and publish: the next start publishes."""
    absorb(warehouse, item("1"))
    stale = warehouse.published.read_bytes()
    absorb(warehouse, item("2"), no=2)
    fresh = dump(warehouse)
    warehouse.published.write_bytes(stale)
    os.utime(warehouse.published, ns=(0, 0))
    warehouse.recover()
    assert dump(warehouse) == fresh


def test_a_writer_killed_in_mid_transaction_leaves_the_former_state(warehouse: Warehouse) -> None:
    """P63: SIGKILL inside a write."""
    absorb(warehouse, item("1"))
    before = dump(warehouse)
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from warehouse.store import Warehouse\n"
        "with Warehouse(Path(sys.argv[1])).write() as c:\n"
        "    c.execute('delete from items'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(warehouse.path)], check=False)
    assert killed.returncode == -9
    warehouse.recover()
    assert dump(warehouse) == before


def test_a_forked_child_cannot_write_through_its_parents_connection(warehouse: Warehouse) -> None:
    """RELIABILITY 1, fact 8."""
    with warehouse.write():
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    pretend = Warehouse(warehouse.path)
    with pytest.raises(RuntimeError, match="forked"), pytest.MonkeyPatch.context() as patch, pretend.write():
        patch.setattr(os, "getpid", lambda: -1)


def test_outside_files_cannot_be_read_through_the_warehouse(warehouse: Warehouse) -> None:
    """RELIABILITY F-13."""
    absorb(warehouse, item("1"))
    with warehouse.read() as connection, pytest.raises(duckdb.Error):
        connection.execute("select * from read_csv('/etc/passwd')").fetchall()


def test_matches_are_stored_once_and_the_queue_shows_a_cluster_once_per_company(warehouse: Warehouse) -> None:
    """Two needs of one company, one cluster: one opportunity, on the better need."""
    absorb(warehouse, item("1"), item("2"))
    found = [
        match("journal:1", fit=0.7),
        match("journal:1", "tind/seals", fit=0.9),
        match("journal:2", is_flagged=False),
    ]
    progress = [matches.Progress("tind/valves", 1, "test-1", 1, 2), matches.Progress("tind/seals", 1, "test-1", 1, 2)]
    for _ in range(2):
        with warehouse.write() as connection:
            matches.store_matches(connection, found, progress, at=NOW)
    with warehouse.read() as connection:
        queue = matches.read_opportunities(connection, ["tind/valves", "tind/seals"])
        reach = matches.read_progress(connection)
        rows = connection.execute("select count(*) from matches").fetchone()
    assert [(o.match.need_key, o.match.cluster_key) for o in queue] == [("tind/seals", "journal:1")]
    assert queue[0].match == found[1]
    assert reach[("tind/valves", 1, "test-1")] == 1
    assert rows == (3,)


def test_a_document_speaks_for_its_cluster_with_all_members_codes(warehouse: Warehouse) -> None:
    """The longest text is read, no code is lost, and a later twin makes the cluster new again."""
    absorb(warehouse, paper("arxiv", "1", TWIN).model_copy(update={"codes": ("arxiv:cs.CV",)}))
    twin = paper("journal", "2", TWIN).model_copy(update={"codes": ("msc:68T45",), "text": "long " * 50})
    absorb(warehouse, twin, no=2)
    with warehouse.read() as connection:
        (loaded,) = matches.read_documents(connection, ["arxiv:1"])
        (streamed,) = [row for table in matches.stream_documents(connection, 1) for row in table.to_pylist()]
        assert list(matches.stream_documents(connection, 2)) == []
        assert matches.count_clusters(connection, 1) == (0, 1)
    assert loaded.item_key == "journal:2"
    assert loaded.cluster_key == "arxiv:1"
    assert loaded.codes == ("arxiv:cs.CV", "msc:68T45")
    assert {**streamed, "codes": tuple(streamed["codes"])} == {
        "body" if name == "text" else name: value for name, value in loaded.model_dump().items()
    }


def test_the_cursor_moves_only_with_a_complete_run(warehouse: Warehouse) -> None:
    """P14."""
    absorb(warehouse, item("1"), no=7)
    partial = Haul(
        source="journal", run_key="p", state="partial", started_at=NOW, finished_at=NOW, counts={"pages": 2}, cursor="9"
    )
    with warehouse.write() as connection:
        runs.store_run(connection, partial, Absorbed((), (), 0), 8)
    with warehouse.read() as connection:
        assert runs.read_cursors(connection) == {"journal": "7"}
        assert runs.latest_runs(connection)[0].state in {"partial", "complete"}
        assert runs.examined_since(connection, NOW) == {"journal": (1, 1)}


def test_every_named_query_prepares_and_is_called_from_one_module(warehouse: Warehouse) -> None:
    """HOUSE 7: no dead SQL, and every block says why it exists."""
    here = Path(__file__).resolve().parent.parent / "warehouse"
    code = {f.name: f.read_text("utf-8") for f in here.glob("*.py") if f.name != "sql.py"}
    warehouse.recover()
    for noun in (f.stem for f in (here / "queries").glob("*.sql")):
        for name, query in queries(noun).items():
            assert query.why, f"{noun}.{name} does not say why"
            callers = [f for f, text in code.items() if f'"{name}"' in text and f'queries("{noun}")' in text]
            assert len(callers) == 1 or (name, callers) == ("read_clusters_of", ["clusters.py", "items.py"]), (
                name,
                callers,
            )


def test_an_incomplete_item_never_reaches_the_store(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while publishing: the error is raised, the store itself is whole, recovery publishes."""
    absorb(warehouse, item("1"))
    published: Callable[[], None] = warehouse._publish

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(warehouse, "_publish", full)
    with pytest.raises(OSError, match="No space"):
        absorb(warehouse, item("2"), no=2)
    monkeypatch.setattr(warehouse, "_publish", published)
    os.utime(warehouse.published, ns=(0, 0))
    warehouse.recover()
    assert any("item|journal:2" in row for row in dump(warehouse))
