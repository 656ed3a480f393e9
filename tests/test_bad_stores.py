"""Full disks, read-only homes, locked stores: a clear message, the right exit code, nothing lost, nothing doubled."""

import errno
import fcntl
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from digests import journal
from ledger import store as ledger_store
from tests.door import MONDAY, TUESDAY, Door, rss, write_feeds, write_replay
from tests.houses import make_house, stock
from tests.make import item
from tests.smtp_sink import Sink
from watch import digest as digests
from watch import review

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
IN_A_MOUNT = ("unshare", "--mount", "sh", "-c")


@pytest.fixture
def varde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Door:
    """A house with two feeds, one of them large, and their recorded answers."""
    monkeypatch.chdir(tmp_path)
    make_house(tmp_path, monkeypatch, now=MONDAY)
    write_feeds(tmp_path, "small", "large")
    write_replay(tmp_path / "well", {"small": rss("Seals", "Valves"), "large": rss("Pumps", "Pipes", padding=400_000)})
    return Door(tmp_path, capsys, monkeypatch)


def said_of(varde: Door) -> dict[str, str]:
    return {
        row["source"]: row["said"] for row in varde("sources", "--json").rows if row["source"] in ("small", "large")
    }


EVERYTHING = {"small": "2 new of 2 examined", "large": "2 new of 2 examined"}


def test_a_disk_that_fills_up_while_collecting(varde: Door) -> None:
    """No file may grow over 256 kB: the large answer cannot be kept, the small source is done; then all is well."""
    said = varde.outside("collect", "--replay", "well", prefix=("prlimit", "--fsize=262144"))
    assert (said.code, "cannot be written" in said.err, "Traceback" in said.err) == (1, True, False), said
    assert "small: complete" in said.err
    assert not list((varde.folder / "home" / "hauls" / "large").glob("*/haul.json"))
    assert varde("collect", "--replay", "well").code == 0
    assert varde("absorb").code == 0
    assert said_of(varde) == EVERYTHING


def test_a_disk_that_fills_up_while_absorbing(varde: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy for readers cannot be written: exit 1, and what was committed is not absorbed a second time."""
    assert varde("collect", "--replay", "well").code == 0
    with monkeypatch.context() as patch:
        patch.setattr("warehouse.store.shutil.copyfile", failing)
        said = varde("absorb")
        assert (said.code, "No space left on device" in said.err, "nothing is lost" in said.err) == (1, True, True), (
            said
        )
    assert varde("absorb").code == 0
    assert said_of(varde) == EVERYTHING


def failing(*_: Any) -> None:
    raise FULL


@contextmanager
def outbox_of_one(varde: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """An approved mail, and a server for it."""
    house = make_house(varde.folder, monkeypatch, now=MONDAY)
    stock(house, item("1"))
    review.decide(house, review.queue(house).waiting[0], "accept", broker="Bo")
    digests.draft_all(house)
    with Sink(varde.folder / "mailbox", varde.folder / "mail.log") as sink:
        monkeypatch.setenv("VARDE_SMTP_PORT", str(sink.port))
        monkeypatch.setenv("VARDE_SMTP_RELAY_LOG", str(varde.folder / "mail.log"))
        digests.approve(house, "tind", by="Bo")
        yield sink


@pytest.mark.parametrize("good_writes", [0, 1])
def test_a_disk_that_fills_up_while_delivering(good_writes: int, varde: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal cannot be written before the mail is handed over, or after: exit 1, then one mail in all."""
    left = [good_writes]
    append = journal.append

    def fills_up(*words: Any) -> None:
        left[0] -= 1
        failing() if left[0] < 0 else append(*words)

    with outbox_of_one(varde, monkeypatch) as sink:
        with monkeypatch.context() as patch:
            patch.setattr(journal, "append", fills_up)
            said = varde("deliver")
            assert (said.code, "No space left on device" in said.err) == (1, True), said
        assert len(sink.taken) == good_writes
        for when in (MONDAY, TUESDAY):
            assert varde("deliver", now=when).code == 0
        assert [row["state"] for row in varde("outbox", "--json").rows] == ["sent"]
        assert len(sink.taken) == 1


def test_a_full_disk_under_the_ledger(varde: Door) -> None:
    """SQLite says it in its own way: exit 1, not 75, since waiting mends nothing."""
    said = varde.outside("queue", prefix=("prlimit", "--fsize=4096"))
    assert (said.code, "free the disk or make it writable" in said.err, len(said.err.splitlines())) == (1, True, 1), (
        said
    )
    assert varde("queue").code == 0


def can_mount() -> bool:
    tried = subprocess.run([*IN_A_MOUNT, "mount -t tmpfs none /mnt"], capture_output=True, check=False)
    return tried.returncode == 0


@pytest.mark.skipif(not can_mount(), reason="needs to mount a file system of its own")
def test_a_read_only_home(varde: Door) -> None:
    """Exit 1 and one line that says so; nothing is changed."""
    home = varde.folder / "home"
    before = varde("snapshot").out
    script = f'mount --bind "{home}" "{home}" && mount -o remount,ro,bind "{home}" && exec "$@"'
    for verb in ("queue", "absorb"):
        said = varde.outside(verb, prefix=(*IN_A_MOUNT, script, "sh"))
        assert (said.code, "make it writable" in said.err, "Traceback" in said.err) == (1, True, False), said
    assert varde("snapshot").out == before


@pytest.mark.slow
@pytest.mark.skipif(not can_mount(), reason="needs to mount a file system of its own")
@pytest.mark.parametrize("megabytes", [1, 2, 3])
def test_a_disk_that_is_really_full(megabytes: int, varde: Door) -> None:
    """`week` in a home of so many MB: exit 1 without a trace; with room again it ends as a run that always had it."""
    assert varde("week", "--replay", "well").code == 0
    golden = varde("snapshot").out
    room, after = varde.folder / "room", varde.folder / "after"
    room.mkdir()
    script = f"""
        mount -t tmpfs -o size={megabytes}m none "{room}" || exit 99
        "$@" && exit 98; echo "first: $?" >&2
        mount -o remount,size=200m "{room}"
        "$@" || exit 97
        cp -r "{room}" "{after}"
    """
    varde.options["home"] = str(room / "home")
    said = varde.outside("week", "--replay", "well", prefix=(*IN_A_MOUNT, script, "sh"))
    assert (said.code, "first: 1" in said.err, "Traceback" in said.err) == (0, True, False), said
    varde.options["home"] = str(after / "home")
    assert varde("snapshot").out == golden


def test_a_locked_warehouse(varde: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers: 75 after the wait that is set, with what to do; then it works. Readers neither wait nor fail (P61)."""
    assert varde("collect", "--replay", "well").code == 0
    monkeypatch.setenv("VARDE_WAREHOUSE_WAIT_S", "0.3")
    with (varde.folder / "home" / "warehouse.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = varde("absorb")
        assert (said.code, "another process" in said.err, "start again" in said.err) == (75, True, True), said
        assert [varde(verb).code for verb in ("queue", "sources", "incidents", "snapshot")] == [0] * 4
    assert varde("absorb").code == 0
    assert said_of(varde) == EVERYTHING


def test_a_locked_ledger(varde: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """75 after its patience, with what to do; then it works."""
    monkeypatch.setattr(ledger_store, "_PATIENCE_S", 0)
    with closing(sqlite3.connect(varde.folder / "home" / "ledger.sqlite", isolation_level=None)) as other:
        other.execute("begin immediate")
        said = varde("stop", "kari@tind.example")
        assert (said.code, "database is locked" in said.err, "start again" in said.err) == (75, True, True), said
    assert varde("stop", "kari@tind.example").code == 0


@pytest.mark.parametrize(("verb", "lock"), [("week", "week"), ("deliver", "deliver")])
def test_the_same_work_twice_at_once(verb: str, lock: str, varde: Door) -> None:
    """The second is told at once (RELIABILITY P20)."""
    with (varde.folder / "home" / f"{lock}.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        said = varde(verb)
    assert (said.code, "already running" in said.err) == (75, True), said


@pytest.mark.slow
def test_two_weeks_started_together(varde: Door) -> None:
    """Two processes: one works, the other says 75; together they did the work once."""
    both = [varde.start("week", "--replay", "well") for _ in range(2)]
    said = [running.communicate(timeout=120) for running in both]
    assert sorted(running.returncode for running in both) == [0, 75], said
    assert said_of(varde) == EVERYTHING


def test_a_damaged_ledger_is_told_apart_from_a_busy_one(varde: Door) -> None:
    """Bytes that are no database: exit 1, since waiting mends nothing."""
    (varde.folder / "home" / "ledger.sqlite").write_bytes(b"not a database, though long enough to be one " * 200)
    said = varde("queue")
    assert (said.code, "cannot be used" in said.err, "Traceback" in said.err) == (1, True, False), said
