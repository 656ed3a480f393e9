"""Measures the desk with ten brokers at once while a collect run absorbs: decision, queue page, search, over HTTP.

    python -m benchmarks.desk [ITEMS] [COMPANIES] [OPEN]     default 1 000 000, 1 000, 50 000; FOLDER=… keeps the stores

`varde desk` serves invented stores (benchmarks/desk_stores.py) from a process of its own; a second process absorbs
hauls of HAUL items (default 1 000) and publishes a new copy after each (benchmarks/desk_collect.py). Each broker serves
a share of the companies and, ROUNDS times (default 40), asks for the queue page, decides what it shows, and searches,
PAUSE seconds (default 1) between. Prints p50 and p95 in ms as a browser sees them, every answer that was no success,
what the server logged, its CPU seconds and its peak memory.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import httpx

from benchmarks.desk_stores import BROKERS, NOW, PASSWORD, fill
from benchmarks.world import sentences
from warehouse.search import SearchIndex
from watch.house import open_house

ROUNDS, PAUSE = int(os.environ.get("ROUNDS", "40")), float(os.environ.get("PAUSE", "1"))
HAUL = int(os.environ.get("HAUL", "1000"))
_PORT = int(os.environ.get("PORT", "8466"))
_ADDRESS = f"http://127.0.0.1:{_PORT}"


def main(items: int, firms: int, opened: int) -> None:
    """Build the stores, serve them, drive them, print."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("FOLDER", temporary))
        (folder / "companies").mkdir(parents=True, exist_ok=True)
        house = open_house(None, home=folder, maps=folder / "companies", feeds=folder / "feeds.yaml")
        if not (folder / "built").exists():
            _timed("stores", lambda: fill(house, items, firms, opened))
            (folder / "built").touch()
        _timed("search index", lambda: SearchIndex(house.warehouse).refresh())
        with (folder / "desk.log").open("w") as log:
            serving = [sys.executable, "-m", "varde", "--home", str(folder), "desk", "--port", str(_PORT)]
            with subprocess.Popen(
                serving, stdout=log, stderr=log, env={**os.environ, "VARDE_NOW": NOW.isoformat()}
            ) as desk:
                try:
                    _timed("start of the desk", _wait)
                    _timed("first queue page after the start", _first_page)
                    _drive(folder, desk.pid)
                finally:
                    desk.terminate()
        _tell_log(folder / "desk.log")


def _drive(folder: Path, desk: int) -> None:
    taken: dict[str, list[float]] = {"queue page": [], "decision": [], "search": []}
    words = [w for s in sentences()[:20_000] for w in re.findall(r"\w{4,}", s)]
    collecting = [sys.executable, "-m", "benchmarks.desk_collect", str(folder), str(HAUL)]
    with subprocess.Popen(collecting, stdin=subprocess.PIPE, text=True) as collect:
        time.sleep(5)  # it has begun
        burnt, begun = _cpu(desk), time.perf_counter()
        with ThreadPoolExecutor(BROKERS) as pool:
            codes = sum(pool.map(lambda n: _work(n, words, taken), range(BROKERS)), Counter[str]())
        seconds = time.perf_counter() - begun
        burnt = _cpu(desk) - burnt
        collect.communicate("")
    for name, each in taken.items():
        told, worst = statistics.quantiles([s * 1000 for s in each], n=20), max(each) * 1000
        print(f"{name:<12} n={len(each):<5} p50 {told[9]:7.1f} ms   p95 {told[18]:7.1f} ms   max {worst:7.1f} ms")
    print("answers:", dict(sorted(codes.items())))
    print(
        f"server: {burnt:.1f} s of CPU in {seconds:.1f} s, peak memory {_peak_mb(desk)} MB; "
        f"load of the machine {os.getloadavg()[0]:.1f}"
    )


def _entered(number: int) -> httpx.Client:
    client = httpx.Client(base_url=_ADDRESS, timeout=60, trust_env=False)
    token = _between(client.get("/login").text, 'name="csrf" value="')
    client.post("/login", data={"csrf": token, "login": f"broker{number}", "password": PASSWORD})
    return client


def _first_page() -> None:
    with closing(_entered(0)) as client:
        client.get("/queue").raise_for_status()


def _work(number: int, words: list[str], taken: dict[str, list[float]]) -> Counter[str]:
    chance, codes = Random(number), Counter[str]()
    with closing(_entered(number)) as client:

        def ask(name: str, method: str, path: str, **more: object) -> httpx.Response:
            time.sleep(PAUSE * (0.5 + chance.random()))
            started = time.perf_counter()
            answer = client.request(method, path, **more)  # type: ignore[arg-type]
            taken[name].append(time.perf_counter() - started)
            codes[f"{name} {answer.status_code}"] += 1
            return answer

        for _ in range(ROUNDS):
            page = ask("queue page", "GET", "/queue").text
            fields = {"csrf": _between(page, 'name="csrf" value="'), "seen": _between(page, 'name="seen" value="')}
            fields["act"] = chance.choice(("accept", "reject:other", "duplicate"))
            where = _between(page, 'data-here="')
            ask("decision", "POST", f"{where}/decide", data=fields, headers={"accept": "application/json"})
            ask("search", "GET", f"/search?q={_asked(chance, words)}", headers={"hx-request": "true"})
    return codes


def _asked(chance: Random, words: list[str]) -> str:
    """One to three words of what is stored, the last often cut short, as while somebody types."""
    chosen = [chance.choice(words) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.5:
        chosen[-1] = chosen[-1][:4]
    return "+".join(chosen)


def _between(page: str, before: str) -> str:
    return page.split(before, 1)[1].split('"', 1)[0]


def _wait() -> None:
    for _ in range(600):
        with suppress(httpx.TransportError):
            httpx.get(f"{_ADDRESS}/health", trust_env=False)
            return
        time.sleep(0.1)
    raise TimeoutError("the desk does not answer")


def _cpu(process: int) -> float:
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(process: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def _tell_log(log: Path) -> None:
    lines = [line for line in log.read_text().splitlines() if re.search("warn|error|lock|busy", line, re.I)]
    print(f"log of the desk: {len(lines)} warnings or errors", *lines[:5], sep="\n  ")


def _timed(what: str, work: object) -> None:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    print(f"{what}: {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], *("1000000", "1000", "50000")[len(sys.argv) - 1 :])))
