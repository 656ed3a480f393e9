"""Columns of stored documents on the shelf: written by every pass, read where a need is new or has changed."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from uuid import uuid4
from zipfile import BadZipFile

import numpy as np

from nlp.columns_match import Wanted, strength_at
from nlp.columns_near import NEAR, Sought, sought, strengths
from nlp.columns_stored import Keys, Part, chunk_of, packed_chunk, unpacked_chunk
from nlp.postings import Singles
from warehouse import matches
from warehouse.shelf import Shelf
from warehouse.store import Connection
from watch.cores import cores
from watch.sweep import Seen

_ROWS = 32_768  # documents of a chunk
DAMAGED = (ValueError, KeyError, OSError, BadZipFile)


class Reach(NamedTuple):
    """Which loads the chunks cover: all up to this one."""

    until: int = 0
    chunks: tuple[str, ...] = ()


def read_reach(connection: Connection, shelf: Shelf, stamp: str) -> Reach:
    """What is stored by these statistics of this warehouse's loads; nothing up to load 0 where there is nothing."""
    try:
        told = json.loads(shelf.read(_list(stamp)) or b"{}")
        reach, seal = Reach(int(told["until"]), tuple(map(str, told["chunks"]))), told["seal"]
    except (ValueError, TypeError, KeyError):
        return Reach()
    is_ours = seal == matches.seal_of(connection, reach.until)  # a backup put back has other loads of the same numbers
    return reach if is_ours and all(shelf.path(name) for name in reach.chunks) else Reach()


def _list(stamp: str) -> str:
    return f"items-{stamp}.json"


class Storing:
    """Takes the documents of a pass over the loads up to `until`; nothing counts before `finish`."""

    def __init__(self, shelf: Shelf, stamp: str, before: Reach, until: int, seal: str) -> None:
        """before: what is there already and stays. seal: of the loads up to `until`."""
        self._shelf, self._stamp, self._before, self._until, self._seal = shelf, stamp, before, until, seal
        self._token = uuid4().hex[:12]  # a killed pass leaves nothing that another one's list names
        self._parts = list[Part]()
        self._names = list[str]()
        self._done = 0
        self.seen: Seen | None = None

    def __call__(self, part: Part) -> None:
        """The next documents."""
        if self._parts and (self._parts[0].book is not part.book or self._rows() >= _ROWS):
            self._flush()
        self._parts.append(part)

    def _rows(self) -> int:
        return sum(len(part.languages) for part in self._parts)

    def _flush(self) -> None:
        if self._parts and self.seen is not None:
            rows = self._rows()
            name = f"items-{self._stamp}-{self._until}-{self._token}-{len(self._names)}.npz"
            self._shelf.put(name, packed_chunk(chunk_of(self.seen.keys(self._done, rows), self._parts)))
            self._names.append(name)
            self._done += rows
            self._parts = []

    def finish(self) -> None:
        """Say that the loads are stored, and take away what belongs to other statistics."""
        self._flush()
        chunks = [*self._before.chunks, *self._names]
        told = {"until": self._until, "seal": self._seal, "chunks": chunks}
        self._shelf.put(_list(self._stamp), json.dumps(told).encode())
        for name in self._shelf.names():
            if name.startswith("items-") and name not in {_list(self._stamp), *chunks}:
                self._shelf.remove(name)


class Near(NamedTuple):
    """The clusters among which the best of every need are. bounds: what any other document stays below, by need."""

    clusters: list[str]
    bounds: list[float]


class _Chunk(NamedTuple):
    """What is needed of a chunk once it is scored."""

    key_of: Keys
    found: list[Singles]


def near_clusters(shelf: Shelf, reach: Reach, asked_for: Wanted, most: int) -> Near:
    """Where the `most` best of every need are, from `keep_floor` on. Raises one of DAMAGED where the shelf is."""
    recipe = asked_for.recipe
    floor = strength_at(recipe.keep_floor, recipe) - NEAR
    needs = [sought(asked_for, need) for need in range(len(asked_for.asking.needs))]
    with ThreadPoolExecutor(cores()) as pool:
        every = list(pool.map(lambda name: _scored(shelf, name, asked_for, needs, floor), reach.chunks))
    chosen, bounds = [set[int]() for _ in every], list[float]()
    for need in range(len(needs)):
        bounds.append(_bound(np.concatenate([chunk.found[need] for chunk in every]), most, floor))
        for rows, chunk in zip(chosen, every, strict=True):
            rows.update(np.flatnonzero(chunk.found[need] >= bounds[-1]).tolist())
    keys = {chunk.key_of(row) for rows, chunk in zip(chosen, every, strict=True) for row in rows}
    return Near(sorted(keys), [bound + NEAR for bound in bounds])


def _scored(shelf: Shelf, name: str, asked_for: Wanted, needs: Sequence[Sought], floor: float) -> _Chunk:
    chunk = unpacked_chunk(shelf.read(name) or b"")
    return _Chunk(chunk.keys, strengths(chunk, asked_for, needs, floor))


def _bound(found: Singles, most: int, floor: float) -> float:
    """What a document must reach to be among the best, whatever rounding did to it and to them."""
    if len(found) <= most:
        return floor
    return max(floor, float(np.partition(found, len(found) - most)[len(found) - most]) - 2 * NEAR)
