"""A real Prefect server, `prefect deploy --all`, a worker: scheduled runs appear, and one runs to completion (P60)."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

ROOT = Path(__file__).resolve().parent.parent
PREFECT = str(Path(sys.executable).parent / "prefect")
FLOWS = {"collect", "match", "digest", "housekeeping"}
LIMIT_S = 180

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
Seen = TypeVar("Seen")


class Server:
    """Prefect's server on a free port of the loopback address, with a home of its own."""

    worker: subprocess.Popen[bytes]

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.folder = folder
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("VARDE_", "PREFECT_"))},
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "VARDE_ROOT": str(ROOT),
            "VARDE_HOME": str(folder / "home"),
            "VARDE_MAPS": str(ROOT / "varde" / "demo" / "companies"),
            "VARDE_FEEDS": str(ROOT / "varde" / "demo" / "feeds.yaml"),
            "VARDE_REPLAY": str(ROOT / "varde" / "demo" / "week"),
        }

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A long-running `prefect …`; what it says goes to a file."""
        log = (self.folder / f"{command[0]}.log").open("wb")
        return subprocess.Popen(
            [PREFECT, *command], env=self.env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )

    def run(self, *command: str) -> None:
        """A short `prefect …` that must succeed."""
        done = subprocess.run(
            [PREFECT, "--no-prompt", *command], env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def ask(self, path: str, question: dict[str, Any] | None = None) -> Any:
        """The API's answer."""
        body = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(self.api + path, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def until(look: Callable[[], Seen | None], what: str, limit_s: float = LIMIT_S) -> Seen:
    """Look until there is something to be seen."""
    give_up = time.monotonic() + limit_s
    while time.monotonic() < give_up:
        try:
            if seen := look():
                return seen
        except OSError:
            pass
        time.sleep(0.5)
    pytest.fail(f"{what} did not come within {limit_s:.0f} s")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("prefect"))
    running = [made.start("server", "start", "--host", "127.0.0.1", "--port", str(made.port))]
    try:
        until(lambda: made.ask("/health"), "the server")
        made.run("work-pool", "create", "varde", "--type", "process")
        made.run("deploy", "--all")
        made.worker = made.start("worker", "start", "--pool", "varde", "--name", "test")
        running.append(made.worker)
        yield made
    finally:
        for one in reversed(running):
            stop(one)


def stop(one: subprocess.Popen[bytes]) -> None:
    """A worker waits for the run that its schedule has just begun; a test does not."""
    one.terminate()
    try:
        one.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(one.pid, signal.SIGKILL)
        one.wait(15)


def scheduled(server: Server) -> dict[str, list[dict[str, Any]]]:
    """Flow name -> the runs that schedules made, not people."""
    names = {flow["id"]: flow["name"] for flow in server.ask("/flows/filter", {})}
    runs = server.ask("/flow_runs/filter", {"limit": 200})
    made: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        if run["auto_scheduled"]:
            made.setdefault(names[run["flow_id"]], []).append(run)
    return made


def test_every_deployment_gets_scheduled_runs(server: Server) -> None:
    """With SQLAlchemy 2.1 deployments look healthy and no schedule ever makes a run (HOUSE 8)."""
    runs = until(lambda: found if set(found := scheduled(server)) >= FLOWS else None, "a scheduled run of each flow")
    assert {run["state_type"] for made in runs.values() for run in made} <= {
        "SCHEDULED",
        "PENDING",
        "RUNNING",
        "COMPLETED",
    }
    schedules = {d["name"]: d["schedules"][0]["schedule"] for d in server.ask("/deployments/filter", {})}
    assert {schedule["timezone"] for schedule in schedules.values()} == {"Europe/Oslo"}


def completed(server: Server, flow: str) -> dict[str, Any] | None:
    """A run of the flow that a schedule made and that is done, whatever came of it."""
    done = [run for run in scheduled(server).get(flow, []) if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")]
    return done[0] if done else None


def test_a_scheduled_run_runs_to_completion_and_leaves_its_table(server: Server) -> None:
    """The schedule makes it, the worker runs it, the artifact says what it did."""
    server.run("deployment", "schedule", "create", "housekeeping/weekly", "--interval", "60")
    run = until(lambda: completed(server, "housekeeping"), "a completed run")
    assert run["state_type"] == "COMPLETED", (server.folder / "worker.log").read_text()
    assert list((server.folder / "home" / "backups").glob("ledger-*.sqlite"))
    assert {artifact["key"] for artifact in server.ask("/artifacts/filter", {})} >= {"kept"}


def test_the_flows_do_the_week(server: Server) -> None:
    """collect, match and digest, one after the other, on the invented week."""
    chosen = json.dumps(["arxiv", "epo", "nordic_materials"])
    server.run("deployment", "run", "collect/daily", "--watch", "--param", f"sources={chosen}")
    server.run("deployment", "run", "match/daily", "--watch")
    server.run("deployment", "run", "digest/hourly", "--watch")
    tables = {found["key"]: found for found in server.ask("/artifacts/filter", {})}
    assert tables.keys() >= {"collected", "absorbed", "sources", "incidents", "matched", "drafts", "delivered"}
    (matched,) = json.loads(tables["matched"]["data"])
    assert int(matched["flagged"]) > 0
    assert "3 of 3 sources" in tables["collected"]["description"]


def test_g_09_a_run_whose_machine_is_gone_is_marked_crashed(server: Server, tmp_path: Path) -> None:
    """Worker and run are killed, so that nobody is left to tell. The five minutes of the file are half of one here."""
    rules = (ROOT / "flows" / "automations.yaml").read_text("utf-8")
    assert "within: 300\n" in rules
    (tmp_path / "quick.yaml").write_text(rules.replace("within: 300\n", "within: 30\n"), "utf-8")
    server.run("automation", "create", "--from-file", str(tmp_path / "quick.yaml"))
    server.run("deployment", "run", "collect/daily")

    def begun() -> dict[str, Any] | None:
        runs = server.ask("/flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC", "limit": 200})
        return next((run for run in runs if run["state_type"] == "RUNNING" and run["infrastructure_pid"]), None)

    run = until(begun, "a running run")
    until(lambda: heartbeats(server, run["id"]) or None, "its first sign of life")
    server.worker.kill()
    os.kill(int(run["infrastructure_pid"].rpartition(":")[2]), signal.SIGKILL)
    assert server.ask(f"/flow_runs/{run['id']}")["state_type"] == "RUNNING"
    until(lambda: server.ask(f"/flow_runs/{run['id']}")["state_type"] == "CRASHED" or None, "the server's word")


def heartbeats(server: Server, run_id: str) -> int:
    """How often a run has said that it lives."""
    wanted = {"event": {"name": ["prefect.flow-run.heartbeat"]}, "resource": {"id": [f"prefect.flow-run.{run_id}"]}}
    return int(server.ask("/events/filter", {"filter": wanted})["total"])
