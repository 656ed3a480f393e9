"""Kills around compose, approve and send, and the server's faults: the sink is the truth (P55, RELIABILITY P1 to P3).

VARDE_TEST_KILLS=1000 runs as many random kills; without it a few. Every named point of `tests.forks` dies once in
ordinary runs; VARDE_TEST_POINTS=3 kills each at its first, second and third time.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from terms.errors import MailRefused
from terms.item import Call
from tests.forks import POINTS
from tests.mailroom import Mailroom, mailroom
from tests.make import NOW, company, item
from watch import deliver as delivery
from watch import digest as digests

ROOT = Path(__file__).resolve().parent.parent
KILLS = int(os.environ.pop("VARDE_TEST_KILLS", "6"))
TIMES = int(os.environ.pop("VARDE_TEST_POINTS", "1"))
FAULTS = ("greeting_421", "greeting_554", "bad_banner", "mail_451", "mail_550", "rcpt_450", "rcpt_550", "data_451",
          "data_554", "dot_451", "dot_554", "drop_before_accept", "drop_after_accept")  # fmt: skip
MONDAY = "2026-11-23T08:00:00Z"
DEADLINE = NOW + timedelta(days=60)
COMPANIES = 5
STAGES = {"compose": 0.2, "approve": 0.1, "send": 0.1}
"""Stages of a round, and the seconds within which, on average, a kill strikes after one has begun."""


class Nursery:
    """The process that forks a worker for every round, for one house after the other."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.forks"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, room: Mailroom, point: str = "", times: int = 0, kill_in: str = "", after: float = 0.0) -> list[str]:
        """One round; what the worker said. kill_in: the stage in which it is killed, `after` so many seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        environment = {name: text for name, text in os.environ.items() if name.startswith("VARDE_")}
        home, maps = str(room.house.settings.home), str(room.folder / "companies")
        order = {"home": home, "maps": maps, "now": MONDAY, "environment": environment, "point": point, "times": times}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        worker, said = int(self._process.stdout.readline().removeprefix("pid ")), list[str]()
        while (line := self._process.stdout.readline().strip()) != "gone":
            assert line, "the nursery died"
            said.append(line)
            if line == kill_in:
                time.sleep(after)
                with suppress(ProcessLookupError):  # it was done before
                    os.kill(worker, signal.SIGKILL)
        return said

    def close(self) -> None:
        """No more rounds."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(timeout=60) == 0


@pytest.fixture
def workers() -> Iterator[Nursery]:
    """One nursery for all rounds of a test."""
    made = Nursery()
    yield made
    made.close()


@contextmanager
def busy_room(born: Path, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    """A house of companies with something to tell, copied from the one in `born`, and a mail server."""
    every = [company(f"c{n}") for n in range(COMPANIES)]
    if not born.exists():
        born.mkdir()
        with mailroom(born, patch, *every) as room:
            for number, one in enumerate(every):
                told = item(f"{number}", kind="call", title=f"Call {number}", call=Call(deadlines_at=(DEADLINE,)))
                room.accept(told, need=f"{one.id}/valves", no=number + 1)
    shutil.copytree(born, folder)
    with mailroom(folder, patch, *every) as room:
        yield room


def check(room: Mailroom) -> None:
    """Each company's mail is at the sink exactly once, and the ledger says so of each."""
    counted = Counter(str(mail["Message-ID"]) for mail in room.mails())
    mails = delivery.read_outbox(room.house)
    assert max(counted.values()) == 1
    assert {waiting.state for waiting in mails} == {"sent"}
    assert set(counted) == {waiting.outgoing.message_id for waiting in mails}
    assert len(counted) == COMPANIES


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_kills_lose_nothing_and_double_nothing(
    workers: Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kill after kill, each at a random moment of a stage, until every mail has left; then the next companies.

    The last round of each batch is not killed. Counted are kills that struck a worker at work, by stage.
    """
    chance, stages, batches = random.Random(55), Counter[str](), 0
    while sum(stages.values()) < KILLS:
        batches += 1
        with busy_room(tmp_path / "born", tmp_path / f"batch{batches}", monkeypatch) as room:
            while sum(stages.values()) < KILLS and len(room.mails()) < COMPANIES:
                stage = chance.choice(list(STAGES))
                said = workers.run(room, kill_in=stage, after=chance.expovariate(1 / STAGES[stage]))
                stages[said[-1]] += said[-1] != "ended"
            assert workers.run(room)[-1] == "ended"
            check(room)
    print(f"{sum(stages.values())} kills in {batches} batches, {dict(stages)}: 0 lost, 0 double, 0 unknown")


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_kill_at_every_named_point_loses_and_doubles_nothing(
    workers: Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four first times after one another on the same companies; each later one has companies of its own.

    Settling begins once a round, with at most one mail open.
    """
    points = [(point, n) for n in range(1, TIMES + 1) for point in POINTS if n == 1 or not point.startswith("settle")]
    missed, together = [], 4 if TIMES == 1 else 1
    for number in range(0, len(points), together):
        with busy_room(tmp_path / "born", tmp_path / f"batch{number}", monkeypatch) as room:
            for point, nth in points[number : number + together]:
                if point.startswith("settle"):
                    workers.run(room, "send/handed-over", 1)
                if workers.run(room, point, nth)[-1] == "ended":
                    missed.append((point, nth))
            assert workers.run(room)[-1] == "ended"
            check(room)
    assert missed == []
    print(f"{len(points)} kills at {len(POINTS)} points: 0 lost, 0 double, 0 unknown")


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_server_does_the_ledger_says_what_the_sink_has(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P3, through the whole house: the fault once, then a server that works, with a relay that can be asked."""
    with mailroom(tmp_path, monkeypatch) as room:
        room.approve()
        room.sink.fault = fault
        for moment in ("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "2026-11-23T12:00:00Z"):
            room.at(moment)
            try:
                room.deliver()
            except MailRefused:
                assert fault == "greeting_554"
            assert len(room.mails()) == room.states().count("sent")
            room.sink.fault = None
        assert room.states() == (
            ["failed"] if fault.endswith(("550", "_554")) and fault != "greeting_554" else ["sent"]
        )
        assert [kept.state for kept in digests.list_digests(room.house)] in (["sent"], ["approved"])
