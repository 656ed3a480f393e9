"""Killing `varde week` at random moments and starting it again changes nothing in the end (P63, RELIABILITY 7)."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from varde.demo.broker import read_rules, work_off
from watch.digest import approve, draft_all
from watch.house import House, open_house
from watch.snapshot import snapshot

DEMO = Path(__file__).resolve().parent.parent / "varde" / "demo"
NOW = "2026-11-23T06:05:00Z"
LIMIT_S = 120

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """The scripted sink as a process of its own, so that our kills do not reach it."""
    command = [
        sys.executable,
        "-m",
        "tests.smtp_sink",
        "--out",
        str(folder / "mails"),
        "--log",
        str(folder / "mail.log"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline().split()[-1])
        finally:
            server.kill()


def environment(folder: Path, port: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("VARDE_")},
        "VARDE_HOME": str(folder / "home"),
        "VARDE_MAPS": str(DEMO / "companies"),
        "VARDE_FEEDS": str(DEMO / "feeds.yaml"),
        "VARDE_REPLAY": str(DEMO / "week"),
        "VARDE_NOW": NOW,
        "VARDE_SMTP_HOST": "127.0.0.1",
        "VARDE_SMTP_PORT": str(port),
        "VARDE_SMTP_SECURITY": "none",
        "VARDE_SMTP_SENDER_ADDRESS": "digest@varde.example",
        "VARDE_SMTP_RELAY_LOG": str(folder / "mail.log"),
        "VARDE_SMTP_SETTLE_SECONDS": "1",
    }


def start_week(env: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "varde", "week"]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def finish_week(env: dict[str, str]) -> None:
    week = start_week(env)
    said, _ = week.communicate(timeout=LIMIT_S)
    assert week.returncode == 0, said.decode()


def kill_week(env: dict[str, str], after_s: float) -> bool:
    """True if it was still at work when it was killed, with everything it started."""
    week = start_week(env)
    try:
        week.communicate(timeout=after_s)
    except subprocess.TimeoutExpired:
        os.killpg(week.pid, signal.SIGKILL)
        week.communicate()
    return week.returncode == -signal.SIGKILL


def broker_works(monkeypatch: pytest.MonkeyPatch, env: dict[str, str]) -> House:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    house = open_house(None)
    said = list(work_off(house, read_rules(DEMO / "broker.yaml")))
    assert [one.rule.title_contains for one in said if one.opportunity is None] == []
    for drafted in draft_all(house):
        if drafted.state == "draft":
            approve(house, drafted.company_key, by="Scripted Broker")
    return house


def mails(folder: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (folder / "mails").glob("*.eml"))


def test_ten_kills_end_with_the_same_stores_and_the_same_mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five kills before the broker's decisions, five after, the last ones around delivery."""
    moments = random.Random(20261123)
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    killed = 0
    with mail_server(calm) as port:
        env = environment(calm, port)
        finish_week(env)
        golden = broker_works(monkeypatch, env)
        finish_week(env)
    with mail_server(stormy) as port:
        env = environment(stormy, port)
        killed += sum(kill_week(env, moments.uniform(0.3, 9)) for _ in range(5))
        finish_week(env)
        survivor = broker_works(monkeypatch, env)
        killed += sum(kill_week(env, moments.uniform(0.3, 7)) for _ in range(5))
        finish_week(env)
    assert killed >= 5, "the kills came too late to be any"
    assert snapshot(survivor) == snapshot(golden)
    assert mails(stormy) == mails(calm)
    assert len(mails(calm)) >= 4
