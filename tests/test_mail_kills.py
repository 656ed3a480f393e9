"""Kills around compose, approve and send, and thirteen faults of the server: the sink is the truth (P55).

VARDE_TEST_KILLS=1000 runs as many kills; without it a few.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from terms.errors import MailRefused
from tests.mailroom import Mailroom, mailroom
from tests.make import company, item
from watch import deliver as delivery
from watch import digest as digests

ROOT = Path(__file__).resolve().parent.parent
KILLS = int(os.environ.pop("VARDE_TEST_KILLS", "6"))
FAULTS = ("greeting_421", "greeting_554", "bad_banner", "mail_451", "mail_550", "rcpt_450", "rcpt_550", "data_451",
          "data_554", "dot_451", "dot_554", "drop_before_accept", "drop_after_accept")  # fmt: skip
MONDAY = "2026-11-23T08:00:00Z"
_CHILD = """
import sys
from pathlib import Path
from watch.house import open_house
from watch.deliver import deliver
from watch.digest import approve, draft_all
house = open_house(None, home=Path(sys.argv[1]), maps=Path(sys.argv[2]), now=sys.argv[3])
for line in sys.stdin:
    print("begins", flush=True)
    for drafted in draft_all(house):
        if drafted.state == "draft":
            approve(house, drafted.company_key, by="Bo")
    deliver(house)
    print("ended", flush=True)
"""


def child(room: Mailroom) -> "subprocess.Popen[str]":
    """A process that has imported everything and waits to be told to begin."""
    home = room.house.settings.home
    command = [sys.executable, "-c", _CHILD, str(home), str(room.folder / "companies"), MONDAY]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def killed(process: "subprocess.Popen[str]", after: float) -> bool:
    """Begin, and kill after so many seconds; whether it was still at work."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline() == "begins\n"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    return "ended" not in rest


def rounds(room: Mailroom, kills: int) -> Iterator[tuple[int, bool]]:
    """Kill after kill, each in the midst of ten fresh digests; then let it finish."""
    chance, waiting = random.Random(55), child(room)
    for number in range(kills):
        following = child(room)  # imports while the other works
        yield number, killed(waiting, chance.uniform(0.0, 0.6))
        waiting = following
    assert waiting.stdin is not None
    waiting.stdin.write("go\n")
    waiting.stdin.close()
    assert waiting.wait(timeout=120) == 0


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_kills_lose_nothing_and_double_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every batch: so many companies, one digest each. In the end each mail is at the sink exactly once."""
    done = batches = 0
    while done < KILLS and batches < KILLS:
        batches += 1
        folder = tmp_path / f"batch{batches}"
        folder.mkdir()
        every = [company(f"c{n}") for n in range(10)]
        with mailroom(folder, monkeypatch, *every) as room:
            for number, one in enumerate(every):
                room.accept(item(f"{number}"), need=f"{one.id}/valves", no=number + 1)
            for _, was_working in rounds(room, min(KILLS - done, 12)):
                done += was_working
            counted = Counter(str(mail["Message-ID"]) for mail in room.mails())
            sent = {w.outgoing.message_id for w in delivery.read_outbox(room.house) if w.state == "sent"}
            assert max(counted.values()) == 1
            assert set(counted) == sent
            assert len(counted) == len(every)
    assert done >= KILLS / 2, "the kills came too late to be any"
    print(f"{done} kills in {batches} batches: 0 lost, 0 double, 0 unknown")


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
