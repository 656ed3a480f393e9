"""Measures absorbing: items of a haul into the warehouse, beside the plain way, `executemany`, in the same run.

    bench_absorb.py [ITEMS]     default 300 000; seconds, items/s, and the ratio to executemany (measured on 3 000)

The items are invented: abstracts of some 190 words, two codes, two organisations. A tenth of them is absorbed a second
time unchanged, and one tenth changed. Clusters are joined in between, as `watch.absorb` does.
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

from terms.item import Item
from warehouse import items
from warehouse.store import Warehouse
from watch.twins import join

_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_SYLLABLES = ("val", "sen", "pum", "lic", "tim", "oxy", "grip", "nor", "ba", "de", "fi", "go", "hu", "ky", "la", "mo")
_WORDS = ["".join(parts) for parts in itertools.product(_SYLLABLES, repeat=3)]


def invented(count: int, changed: str = "") -> Iterator[str]:
    """JSON lines of items, the same for the same count."""
    chance = random.Random(7)
    for number in range(count):
        words = " ".join(chance.choices(_WORDS, k=190))
        yield json.dumps(
            {
                "source": "bench", "source_id": str(number), "kind": "publication", "url": f"https://x.example/{number}",
                "title": f"{' '.join(chance.choices(_WORDS, k=9))} {number}", "text": words + changed, "language": "en",
                "codes": ["cpc:A01K 61/95", "cpc:G06V 20/05"], "capture_sha256": "0" * 64,
                "organisations": [{"name": "Fjordheim University", "country": "NO"}, {"name": "Tind AS"}],
                "publication": {"doi": f"10.5555/bench.{number}", "venue": "Journal"},
            }
        )  # fmt: skip


def absorb(warehouse: Warehouse, path: Path, number: int) -> float:
    """Seconds from the haul's lines to the committed store."""
    begun = time.perf_counter()
    with path.open(encoding="utf-8") as lines, warehouse.write() as connection:
        arriving = (Item.model_validate_json(line) for line in lines)
        absorbed = items.absorb(connection, arriving, absorb_no=number, seen_at=_NOW)
        join(connection, absorbed.new + absorbed.changed)
    return time.perf_counter() - begun


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
        warehouse, plain = Warehouse(folder / "warehouse.duckdb", memory="2GB"), plain_rate(folder)
        for number, (what, share, changed) in enumerate(
            (("new", 1.0, ""), ("unchanged", 0.1, ""), ("changed", 0.1, " x"))
        ):
            (folder / "haul").write_text("\n".join(invented(int(count * share), changed)), "utf-8")
            seconds = absorb(warehouse, folder / "haul", number + 1)
            amount, rate = int(count * share), count * share / seconds
            print(f"{what:10} {amount:8} items {seconds:7.1f} s {rate:9.0f} items/s {rate / plain:6.1f} x plain")
    print(
        f"executemany {plain:.0f} items/s; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


if __name__ == "__main__":
    main()
