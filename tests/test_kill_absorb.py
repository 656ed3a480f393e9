"""Killed at random moments of collect and absorb, and started again, the stores end as those of a calm run (P63).

TRIAL_KILLS: how many kills must strike (6); each world takes some in a row, a calm end, and is compared. The moments
are drawn over the measured length of a calm run, from the moment everything is imported.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from terms.haul import Haul
from terms.item import Item
from tests.door import ROOT, rss, write_feeds, write_replay
from tests.killed import PART, house_in
from tests.make import NOW, item, paper
from warehouse import runs
from watch.snapshot import snapshot

KILLS = int(os.environ.get("TRIAL_KILLS", "6"))
IN_A_ROW = 4
LIMIT_S = 120

pytestmark = [pytest.mark.slow, pytest.mark.timeout(max(300, KILLS * 30))]


def start(folder: Path, work: str) -> subprocess.Popen[str]:
    """A child that has imported everything and is about to begin."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.killed", str(folder), work],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def finish(folder: Path, work: str) -> float:
    """A calm run to its end; seconds it took once everything was imported."""
    with start(folder, work) as child:
        begun = time.monotonic()
        said, trouble = child.communicate(timeout=LIMIT_S)
    assert (child.returncode, said) == (0, "done\n"), trouble
    return time.monotonic() - begun


def kill(folder: Path, work: str, after_s: float) -> bool:
    """True if it was still at work when it was killed."""
    with start(folder, work) as child:
        try:
            child.wait(after_s)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    return child.returncode == -signal.SIGKILL


def facts(folder: Path) -> list[str]:
    """The logical content of both stores, and what each run says it brought: a kill adds and takes nothing."""
    house = house_in(folder)
    with house.warehouse.read() as connection:
        told = runs.latest_runs(connection)
    return snapshot(house) + [f"run|{r.source}|{r.run_key}|{r.items}|{r.new_items}|{r.changed_items}" for r in told]


def recorded(folder: Path) -> None:
    """Two feeds that tell some of the same things, and a third that does not answer."""
    write_feeds(folder, "first", "second", "silent")
    titles = [f"Seals of valves at {n} bar in the cold of the north" for n in range(100, 160)]
    write_replay(folder / "replay", {"first": rss(*titles), "second": rss(*titles[30:], "Pumps"), "silent": 503})


def left_by_crawls(folder: Path) -> None:
    """Four hauls: two sources that share things, then the same again, some of it changed."""
    write_feeds(folder, "first")
    for day, suffix in (("20261121T060000Z", ""), ("20261122T060000Z", " Mended.")):
        for source in ("arxiv", "crossref"):
            told = [one(source, number, suffix) for number in range(5 * PART)]
            write_haul(folder / "home" / "hauls" / source / day, source, told)


def one(source: str, number: int, suffix: str) -> Item:
    title = f"On the tightness of metal seals in hydrogen valves at {number} bar"
    told = paper(source, f"{source}-{number:04}", title, f"10.5555/{number}" if number % 3 else None)
    return told.model_copy(update={"text": item("x").text + (suffix if number % 4 == 0 else "")})


def write_haul(folder: Path, source: str, told: list[Item]) -> None:
    folder.mkdir(parents=True)
    lines = "".join(f"{each.model_dump_json()}\n" for each in told)
    (folder / "items.jsonl").write_text(lines, "utf-8")
    haul = Haul(
        source=source,
        run_key=folder.name,
        state="complete",
        started_at=NOW,
        finished_at=NOW,
        counts={"items": len(told)},
        cursor=folder.name[:8],
    )
    (folder / "haul.json").write_text(haul.model_dump_json(), "utf-8")


@pytest.mark.parametrize(("work", "world"), [("collect", recorded), ("absorb", left_by_crawls)])
def test_kills_lose_and_double_nothing(work: str, world: object, tmp_path: Path) -> None:
    """RELIABILITY D-01 and D-02 for the first three hops: half the kills strike collecting, half absorbing alone."""
    assert callable(world)
    moments = random.Random(f"20261123 {work}")
    calm = tmp_path / "calm"
    calm.mkdir()
    world(calm)
    length = finish(calm, work)
    golden = facts(calm)
    assert len(golden) > 2 * PART
    struck = tries = 0
    while struck < (KILLS + 1) // 2:
        folder = tmp_path / f"stormy-{tries}"
        folder.mkdir()
        world(folder)
        for _ in range(IN_A_ROW):
            struck += kill(folder, work, moments.uniform(0, length))
            tries += 1
        finish(folder, work)
        assert facts(folder) == golden, folder
        assert tries < 4 * KILLS, "the kills come too late to be any"
    print(f"{work}: {struck} of {tries} kills struck a run of {length:.1f} s")
