"""Crawls that are killed, that hang, that find the disk full (RELIABILITY D-01, D-11)."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spiders import haul as haul_room
from spiders.crawl import crawl_in_child
from spiders.haul import HaulFolder, ItemsFile, StoreLost
from spiders.kinds import entries
from spiders.nursery import NURSERY
from terms.errors import RunBusy, VardeError
from terms.haul import Haul
from terms.item import Item
from tests.crawling import Crawl, crawler
from tests.origin import Origin, Reply, files_in, notices, plan_since, serving, settings_for


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        yield publisher


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    return crawler(tmp_path, origin)


@pytest.mark.parametrize("name", ["..", "a/b", "", ".hidden", "x" * 200])
def test_a_run_key_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(VardeError):
        HaulFolder(tmp_path, "notices", name)


def test_two_crawls_of_one_source_exclude_each_other(
    crawled: Crawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(haul_room, "_LOCK_WAIT_S", 0.1)
    with HaulFolder(tmp_path / "hauls", "notices", "run0").claimed(), pytest.raises(RunBusy):
        crawled("/1")


def test_a_full_disk_ends_the_crawl_and_leaves_no_haul(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    """D-11, by the operating system: no file may grow beyond 3 kB."""
    origin.on("/1", Reply(notices(*(str(n) for n in range(500)))))
    script = f"""
import resource, signal, sys
from pathlib import Path
from spiders.crawl import crawl
from tests.origin import Notices, plan_since, settings_for, Origin
origin = Origin(); origin.port = {origin.port}
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import spiders.spider
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
tmp = Path({str(tmp_path)!r})
crawl(Notices(origin.url("/1")), plan_since(), into=tmp / "hauls", captures=tmp / "captures", run_key="run1",
      settings=settings_for(origin))
"""
    ended = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert "StoreLost" in ended.stderr.splitlines()[-1]
    assert "Free or mend the disk" in ended.stderr
    assert not (tmp_path / "hauls/notices/run1").exists()
    assert all(not name.endswith(".part") for name in files_in(tmp_path))
    assert crawled("/1").counts["items"] == 500


def test_items_that_cannot_be_written_end_the_crawl(
    crawled: Crawl, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: ItemsFile, item: Item) -> None:
        raise StoreLost("full")

    monkeypatch.setattr(ItemsFile, "add", full)
    for number in range(9):
        origin.on(f"/{number}", Reply(notices(str(number))))
    with pytest.raises(StoreLost):
        crawled(*(f"/{number}" for number in range(9)))
    assert not (tmp_path / "hauls/notices/run1").exists()
    assert "/8" not in origin.paths()


FEEDS = """
- name: papers
  title: Papers
  url: {url}
  publisher: Nobody
  home: https://papers.example/
  licence: CC0
  terms: https://papers.example/terms
  attribution: Papers
  every: 24
  expect: [0, 50]
  rate: 0.001
  kind: publication
"""
# written by us, in RSS 2.0
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Papers</title><link>https://papers.example/</link>
<item><title>A gripper for soft fruit</title><link>https://papers.example/1</link><guid>https://papers.example/1</guid>
<description>It does not bruise.</description></item></channel></rss>"""


@pytest.fixture
def child(tmp_path: Path, origin: Origin) -> Crawl:
    """Crawl a feed at the origin in a process of its own."""
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text(FEEDS.format(url=origin.url("/feed")))

    def run(timeout_s: float = 60.0, source_name: str = "papers", run_key: str = "run1", **changed: object) -> Haul:
        return crawl_in_child(
            source_name,
            plan_since(),
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key=run_key,
            settings=settings_for(origin, **changed),
            timeout_s=timeout_s,
            feeds=feeds,
        )

    return run


def test_a_child_crawls_a_feed_of_the_list(child: Crawl, origin: Origin, tmp_path: Path) -> None:
    origin.on("/feed", Reply(RSS, headers={"Content-Type": "application/rss+xml"}))
    haul = child()
    assert (haul.state, haul.counts["items"]) == ("complete", 1)
    line = (tmp_path / "hauls/papers/run1/items.jsonl").read_text()
    assert Item.model_validate_json(line).title == "A gripper for soft fruit"
    assert child() == haul
    assert origin.paths() == ["/robots.txt", "/feed"]


def test_a_child_that_hangs_is_killed_and_leaves_a_failed_haul(child: Crawl, origin: Origin) -> None:
    never = threading.Event()

    def hold() -> None:
        never.wait(30)

    origin.on("/feed", Reply(pieces=(b"x", b"y"), pause=hold))
    haul = child(timeout_s=4.0, request_timeout_s=25.0)
    never.set()
    assert haul.state == "failed"
    assert haul.incidents[0].message == "The crawl died"
    assert haul.incidents[0].facts["ended"] == "killed at its time limit"


def test_children_inherit_nothing_and_leave_nothing(
    child: Crawl, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One nursery for a block; each child leads a group of its own, with its own three files and the way back."""
    seen: list[tuple[int, int, set[str]]] = []

    def look() -> None:
        for pid in offspring(offspring(os.getpid())[-1]):
            files = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.exists()}
            seen.append((pid, os.getpgid(pid), files))
            assert b"hunter2" not in Path(f"/proc/{pid}/environ").read_bytes()

    entries._reader.stop()  # that of earlier tests in this process, which keeps their nursery
    monkeypatch.setenv("VARDE_LEDGER_URL", "hunter2")
    origin.on("/feed", Reply(pieces=(RSS,), pause=look, headers={"Content-Length": str(len(RSS))}))
    with Path(__file__).open(), NURSERY:
        assert child().state == "complete"
        (nursery,) = [pid for pid in offspring(os.getpid()) if b"spiders" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        for _ in range(500):  # the reader of the feed is killed and buried at its crawl's end
            if offspring(nursery):
                time.sleep(0.01)
        assert offspring(nursery) == []
    assert seen and all(pid == group for pid, group, _ in seen)
    assert not any(__file__ in files for _, _, files in seen)
    assert not Path(f"/proc/{nursery}").exists()


def offspring(pid: int) -> list[int]:
    """The processes that a process started and that still live."""
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_nursery_that_was_killed_costs_its_children_only(child: Crawl, origin: Origin) -> None:
    """Those that were running left no haul; the next crawl starts another."""
    reached, go = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        go.wait(30)

    origin.on("/feed", Reply(pieces=(RSS[:50], RSS[50:]), pause=hold), Reply(RSS))
    with NURSERY, ThreadPoolExecutor(1) as aside:
        crawl = aside.submit(child)
        assert reached.wait(30)
        assert NURSERY._running is not None
        NURSERY._running.kill()
        haul = crawl.result(30)
        go.set()
        assert (haul.state, haul.incidents[0].facts["ended"]) == ("failed", "exit code -9")
        again = child(run_key="run2")
        assert (again.state, again.counts["items"]) == ("complete", 1)


def test_a_child_says_what_is_wrong_with_its_order(child: Crawl) -> None:
    with pytest.raises(VardeError, match="There is no source 'nobody'"):
        child(source_name="nobody")


def test_a_crawl_killed_in_the_middle_leaves_no_haul_and_the_next_completes(
    child: Crawl, origin: Origin, tmp_path: Path
) -> None:
    """D-01: SIGKILL of the process that started the crawl; its child goes with it."""
    reached, go = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        go.wait(60)

    origin.on("/feed", Reply(pieces=(RSS[:50], RSS[50:]), pause=hold), Reply(RSS))
    script = f"""
from pathlib import Path
from spiders.crawl import crawl_in_child
from tests.origin import Origin, plan_since, settings_for
origin = Origin(); origin.port = {origin.port}
tmp = Path({str(tmp_path)!r})
crawl_in_child("papers", plan_since(), into=tmp / "hauls", captures=tmp / "captures", run_key="run1",
               settings=settings_for(origin), timeout_s=60, feeds=tmp / "feeds.yaml")
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[1])
    assert reached.wait(30)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert not (tmp_path / "hauls/papers/run1/haul.json").exists()
    haul = child()
    go.set()
    assert (haul.state, haul.counts["items"]) == ("complete", 1)
