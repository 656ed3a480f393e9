"""What each run says of its source's health: fields filled, where the items came from, trouble (P15)."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from terms.haul import Haul
from terms.item import Item
from warehouse.sql import queries
from warehouse.store import Connection

_OWN = frozenset(("source", "source_id", "kind", "capture_sha256"))  # always filled, by us
_PARTS = ("call", "patent", "publication")


class Checked(NamedTuple):
    """One run. filled: field -> items that had it. captures: a fingerprint of what was fetched, "" without items.

    unchanged: pages that the publisher said had not changed. trouble: constant messages of the incidents.
    earlier: items of interrupted crawls of the same list, which this run brought to its end.
    """

    source: str
    run_key: str
    state: str
    finished_at: datetime
    items: int
    unchanged: int
    filled: dict[str, int]
    captures: str
    trouble: tuple[str, ...]
    earlier: int = 0


class Tally:
    """What the items of one haul say of its source's health, counted part by part."""

    def __init__(self) -> None:
        self.items = 0
        self.filled: Counter[str] = Counter()
        self._captures: set[str] = set()

    def add(self, items: Iterable[Item]) -> None:
        """Count some more items."""
        for item in items:
            self.items += 1
            self.filled.update(_filled(item))
            self._captures.add(item.capture_sha256)

    @property
    def captures(self) -> str:
        """A fingerprint of what was fetched, "" without items."""
        return sha256("\n".join(sorted(self._captures)).encode()).hexdigest() if self._captures else ""


def store_check(connection: Connection, haul: Haul, tally: Tally) -> None:
    """Keep what a haul says of its source. Call inside the write that absorbs it."""
    trouble = sorted({incident.message for incident in haul.incidents})
    connection.execute(
        queries("checks")["insert_check"].text,
        [haul.source, haul.run_key, tally.items, json.dumps(tally.filled, sort_keys=True), tally.captures,
         json.dumps(trouble, ensure_ascii=False)],
    )  # fmt: skip


def read_checked(connection: Connection, most: int) -> dict[str, list[Checked]]:
    """source -> its last runs, newest first, at most `most`."""
    runs: dict[str, list[Checked]] = {}
    for row in connection.execute(queries("checks")["read_checked"].text, [most]).fetchall():
        source, run_key, state, finished_at, items, told, filled, captures, trouble = row
        counts = json.loads(told)
        runs.setdefault(source, []).append(
            Checked(
                source, run_key, state, finished_at, items, counts.get("unchanged", 0), json.loads(filled or "{}"),
                captures or "", tuple(json.loads(trouble or "[]")), counts.get("earlier", 0),
            )
        )  # fmt: skip
    return runs


def _filled(item: Item) -> Iterator[str]:
    for field, value in item.__dict__.items():
        if field in _PARTS:
            if value is not None:
                yield from (f"{field}.{name}" for name, part in value.__dict__.items() if _says(part))
        elif field not in _OWN and _says(value) and (field, value) != ("language", "und"):
            yield field


def _says(value: Any) -> bool:
    return value is not None and value != "" and value != ()
