"""Measures absorbing: hauls into the warehouse as `varde absorb` does it, beside plain ways in the same run.

    bench_absorb.py [ITEMS]     default 300 000; seconds, CPU seconds, items/s, ratios, peak memory

The items are invented: abstracts of some 190 words, two codes, two organisations, mixed in length. A tenth of them is
absorbed a second time unchanged, and one tenth changed; clusters are joined, run, cursor and health are kept. Plain
ways: `executemany` into one table with a primary key (3 000 items); reading alone (JSON lines to checked items, one by
one); DuckDB's own `read_json` with columns named, into one table, without checks, identities, revisions or clusters.
"""

import itertools
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from terms.haul import Haul
from terms.item import Item
from warehouse.store import Warehouse
from watch.absorb import load_haul
from watch.hauls import read_haul

_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_SYLLABLES = ("val", "sen", "pum", "lic", "tim", "oxy", "grip", "nor", "ba", "de", "fi", "go", "hu", "ky", "la", "mo")
_WORDS = ["".join(parts) for parts in itertools.product(_SYLLABLES, repeat=3)]


def invented(count: int, changed: str = "") -> Iterator[str]:
    """JSON lines of items, the same for the same count."""
    chance = random.Random(7)
    for number in range(count):
        words = " ".join(chance.choices(_WORDS, k=chance.choice((40, 190, 340))))
        yield json.dumps(
            {
                "source": "bench", "source_id": str(number), "kind": "publication", "url": f"https://x.example/{number}",
                "title": f"{' '.join(chance.choices(_WORDS, k=9))} {number}", "text": words + changed, "language": "en",
                "codes": ["cpc:A01K 61/95", "cpc:G06V 20/05"], "capture_sha256": "0" * 64,
                "organisations": [{"name": "Fjordheim University", "country": "NO"}, {"name": "Tind AS"}],
                "publication": {"doi": f"10.5555/bench.{number}", "venue": "Journal"},
            }
        )  # fmt: skip


def absorb(warehouse: Warehouse, folder: Path, count: int, changed: str = "") -> tuple[float, float]:
    """Seconds, and CPU seconds, from the haul's lines to the published store."""
    folder.mkdir()
    with (folder / "items.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(f"{line}\n" for line in invented(count, changed))
    times = {"started_at": _NOW, "finished_at": _NOW}
    haul = Haul(source="bench", run_key=folder.name, state="complete", counts={"items": count}, **times)
    (folder / "haul.json").write_text(haul.model_dump_json(), "utf-8")
    begun, cpu = time.perf_counter(), time.process_time()
    with warehouse.turn() as turn:
        load_haul(turn, read_haul(folder), folder, print)
    return time.perf_counter() - begun, time.process_time() - cpu


def read_rate(path: Path) -> float:
    """Items a second from lines to checked items alone."""
    begun = time.perf_counter()
    with path.open("rb") as lines:
        count = sum(1 for line in lines if Item.model_validate_json(line))
    return count / (time.perf_counter() - begun)


def columns_rate(path: Path, folder: Path, count: int) -> float:
    """Items a second by DuckDB's reader into one table: the least that landing costs."""
    columns = "{source: 'varchar', source_id: 'varchar', title: 'varchar', text: 'varchar', url: 'varchar'}"
    connection = duckdb.connect(str(folder / "columns.duckdb"), config={"threads": "2", "memory_limit": "1GB"})
    begun = time.perf_counter()
    connection.execute(
        f"create table items as select * from read_json(?, columns={columns}, format='newline_delimited')", [str(path)]
    )
    connection.close()
    return count / (time.perf_counter() - begun)


def plain_rate(folder: Path, count: int = 3000) -> float:
    """Items a second by `executemany` into one wide table with a primary key."""
    rows = [(f"bench:{n}", line) for n, line in enumerate(invented(count))]
    connection = duckdb.connect(str(folder / "plain.duckdb"))
    connection.execute("create table items (item_key varchar primary key, item_json varchar)")
    begun = time.perf_counter()
    connection.executemany("insert into items values (?, ?)", rows)
    connection.close()
    return count / (time.perf_counter() - begun)


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warehouse, plain = Warehouse(folder / "warehouse.duckdb"), plain_rate(folder)
        for what, share, changed in (("new", 1.0, ""), ("unchanged", 0.1, ""), ("changed", 0.1, " x")):
            amount = int(count * share)
            seconds, cpu = absorb(warehouse, folder / what, amount, changed)
            told = f"{what:10} {amount:8} items {seconds:7.1f} s {cpu:7.1f} s of CPU {amount / seconds:9.0f} items/s"
            print(f"{told} {amount / seconds / plain:6.1f} x executemany", flush=True)
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
        print(f"executemany {plain:.0f} items/s")
        lines = folder / "new" / "items.jsonl"
        print(f"reading alone {read_rate(lines):.0f} items/s; read_json alone {columns_rate(lines, folder, count):.0f}")


if __name__ == "__main__":
    main()
