"""Measures the desk with ten brokers at once: decision, queue page, search, over real HTTP on this machine.

    python -m benchmarks.desk [ITEMS] [COMPANIES] [OPEN]     default 1 000 000, 1 000, 50 000; FOLDER=… keeps the stores

The stores are invented: OPEN flagged clusters spread over COMPANIES (two needs each), all the rest unflagged. Each
broker serves a share of the companies and, ROUNDS times (default 40), asks for the queue page, decides what it shows,
and searches, PAUSE seconds (default 0.2) between; a writer publishes new copies meanwhile. Prints p50 and p95 in ms.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import httpx
import uvicorn

from desk.app import build
from ledger import companies
from terms.company import Company, Contact, Engagement, Need
from warehouse.store import Connection
from watch.house import House, open_house
from watch.people import add_person

BROKERS, PASSWORD = 10, "benchmark-benchmark"
ROUNDS, PAUSE = int(os.environ.get("ROUNDS", "40")), float(os.environ.get("PAUSE", "0.2"))
_NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def main(items: int, firms: int, opened: int) -> None:
    """Build the stores, serve them, drive them, print."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("FOLDER", temporary))
        os.environ["VARDE_NOW"] = _NOW.isoformat()
        house = open_house(None, home=folder, maps=folder / "companies", feeds=folder / "feeds.yaml")
        if not (folder / "built").exists():
            _timed("stores", lambda: _fill(house, items, firms, opened))
            (folder / "built").touch()
        app = build(house, "http://127.0.0.1:8466")
        room = app.state.desk.room
        _timed("book of the open opportunities", room.shelf.newest)
        _timed("search index", app.state.desk.searcher.renew)
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=8466, log_level="error"))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.05)
        _drive(house)
        server.should_exit = True


def _drive(house: House) -> None:
    taken: dict[str, list[float]] = {"queue page": [], "decision": [], "search": []}
    stop = threading.Event()
    writer = threading.Thread(target=_publish_now_and_then, args=(house, stop))
    writer.start()
    with ThreadPoolExecutor(BROKERS) as pool:
        codes = list(pool.map(lambda n: _work(n, taken), range(BROKERS)))
    stop.set()
    writer.join()
    for name, seconds in taken.items():
        told, worst = statistics.quantiles([s * 1000 for s in seconds], n=20), max(seconds) * 1000
        print(f"{name:<12} n={len(seconds):<5} p50 {told[9]:7.1f} ms   p95 {told[18]:7.1f} ms   max {worst:7.1f} ms")
    print("answers:", {code: sum(c.get(code, 0) for c in codes) for code in sorted({k for c in codes for k in c})})


def _work(number: int, taken: dict[str, list[float]]) -> dict[int, int]:
    chance, codes = Random(number), dict[int, int]()
    with httpx.Client(base_url="http://127.0.0.1:8466", timeout=60, trust_env=False) as client:
        token = _between(client.get("/login").text, 'name="csrf" value="')
        client.post("/login", data={"csrf": token, "login": f"broker{number}", "password": PASSWORD})

        def ask(name: str, method: str, path: str, **more: object) -> httpx.Response:
            time.sleep(PAUSE * (0.5 + chance.random()))
            started = time.perf_counter()
            answer = client.request(method, path, **more)  # type: ignore[arg-type]
            taken[name].append(time.perf_counter() - started)
            codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
            return answer

        for _ in range(ROUNDS):
            page = ask("queue page", "GET", "/queue").text
            fields = {"csrf": _between(page, 'name="csrf" value="'), "seen": _between(page, 'name="seen" value="')}
            fields["act"] = chance.choice(("accept", "reject:other", "duplicate"))
            where = _between(page, 'data-here="')
            ask("decision", "POST", f"{where}/decide", data=fields, headers={"accept": "application/json"})
            ask("search", "GET", f"/search?q=word{chance.randrange(5000)}+word{chance.randrange(200)}")
    return codes


def _between(page: str, before: str) -> str:
    return page.split(before, 1)[1].split('"', 1)[0]


def _publish_now_and_then(house: House, stop: threading.Event) -> None:
    """As a collect run does: a short write, then a new copy."""
    while not stop.wait(5):
        with house.warehouse.write() as connection:
            connection.execute("update items set changed_at = now() where item_key = 'bench:1'")


def _fill(house: House, items: int, firms: int, opened: int) -> None:
    with house.ledger.write() as connection:
        for number in range(firms):
            companies.save_company(connection, _company(number), at=_NOW)
    for number in range(BROKERS):
        mine = [f"firm{n}" for n in range(firms) if n % BROKERS == number]
        add_person(house, f"broker{number}", f"Broker {number}", "broker", PASSWORD, serves=mine, by="benchmark")
    with house.warehouse.write() as connection:
        _fill_warehouse(connection, items, firms, opened)


def _fill_warehouse(connection: Connection, items: int, firms: int, opened: int) -> None:
    facts = """'{"source":"bench","source_id":"' || i || '","kind":"publication","language":"en",'
        || '"url":"https://x.example/' || i || '"}'"""
    words = "array_to_string(list_transform(range(120), lambda k: 'word' || (hash(i * 131 + k) % 20000)), ' ')"
    count = f"from range({items}) t(i)"
    for statement in (
        f"""insert into states select 's' || i, 'bench:' || i, 'Title ' || i || ' word' || (i % 5000), {words}, {facts},
            repeat('0', 64) {count}""",
        f"""insert into items select 'bench:' || i, 'bench', 'publication', 's' || i, null, 1, 1,
            timestamptz '2026-11-20', timestamptz '2026-11-20' {count}""",
        f"insert into members select 'bench:' || i, 'bench:' || i {count}",
        f"""insert into matches select 'firm' || (i % {firms}),
            'firm' || (i % {firms}) || '/need' || (i // {firms} % 2), 1,
            'bench:' || i, 'bench:' || i, 0.3 + (hash(i) % 7000) / 10000, 0.5,
            '{{"terms":["word1","word2"],"passages":[{{"field":"title","start":0,"end":5,"text":"Title"}}],"rule":null}}',
            i < {opened}, 'bench-1', timestamptz '2026-11-20' from range({opened * 4}) t(i)""",
        "insert into runs select 'bench', 'r1', 1, 'complete', '{}', 1, 1, 0, now(), now()",
    ):
        connection.execute(statement)


def _company(number: int) -> Company:
    needs = tuple(
        Need(id=f"need{n}", title=f"Need {n}", description="Words that describe a need at some length. " * 8)
        for n in range(2)
    )
    return Company(
        id=f"firm{number}", name=f"Firm {number}", country="NO", size="small", needs=needs,
        contacts=(Contact(name="Kari", address=f"kari@firm{number}.example"),),
        engagement=Engagement(broker=f"Broker {number % BROKERS}", broker_address="b@varde.example",
                              start=date(2026, 1, 1), planned_end=date(2027, 7, 1)),
    )  # fmt: skip


def _timed(what: str, work: object) -> None:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    print(f"{what}: {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], *("1000000", "1000", "50000")[len(sys.argv) - 1 :])))
