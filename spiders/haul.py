"""The folder that one crawl leaves: `items.jsonl`, then `haul.json`; without `haul.json` there is no haul."""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from terms.errors import RunBusy, VardeError
from terms.haul import Haul
from terms.organisation import Record

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=@-]{0,119}")
_LOCK_WAIT_S = 10.0


class StoreLost(VardeError):
    """Something could not be written; nothing of this crawl counts."""


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn trouble with the disk into StoreLost, which ends a crawl instead of one page."""
    try:
        yield
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        raise StoreLost(f"{path} cannot be written: {reason}. Free or mend the disk, then crawl again.") from trouble


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, and on the disk, or not at all. Raises StoreLost."""
    part = path.with_name(f"{path.name}.part")  # one process per source, so what a killed one left is overwritten
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink()
            raise
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


class HaulFolder:
    """`into/<source>/<run_key>/`. Names that could leave `into` are refused with VardeError."""

    def __init__(self, into: Path, source: str, run_key: str) -> None:
        for name in (source, run_key):
            if not _NAME.fullmatch(name):
                raise VardeError(f"{name!r} cannot name a haul: use letters, digits and . _ : + = @ - only")
        self.path = into / source / run_key

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the source for this process. Raises RunBusy if another process keeps it for ten seconds."""
        lock = self.path.parent / ".lock"
        with storing(lock):
            lock.parent.mkdir(parents=True, exist_ok=True)
            stream = lock.open("wb")
        with stream:
            _lock(stream.fileno(), self.path)
            yield

    def finished(self) -> Haul | None:
        """The haul, if an earlier crawl of this run finished it."""
        place = self.path / "haul.json"
        return Haul.model_validate_json(place.read_bytes()) if place.exists() else None

    def empty(self) -> None:
        """Remove what a killed crawl left, and start anew."""
        self.remove()
        with storing(self.path):
            self.path.mkdir(parents=True)

    def remove(self) -> None:
        """Leave nothing that could be mistaken for a haul."""
        shutil.rmtree(self.path, ignore_errors=True)

    def finish(self, haul: Haul) -> Haul:
        """Write `haul.json`, the last thing of a crawl. Raises StoreLost."""
        write_whole(self.path / "haul.json", haul.model_dump_json(indent=1).encode() + b"\n")
        return haul


def _lock(number: int, path: Path) -> None:
    """Take the lock or raise RunBusy. number: an open file."""
    give_up_at = time.monotonic() + _LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up_at:
                raise RunBusy(f"{path.parent} is being crawled by another process; wait for it or end it") from None
            time.sleep(0.05)
        else:
            return


class ItemsFile:
    """Items streamed to `items.jsonl.part`; only where each lies is kept in memory."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "items.jsonl"
        self._part = folder / "items.jsonl.part"
        self._places: dict[str, tuple[int, int]] = {}
        self._at = 0
        self.duplicates = 0
        with storing(self._part):
            self._stream = self._part.open("wb")

    def __len__(self) -> int:
        """Distinct items so far."""
        return len(self._places)

    def add(self, item: Record) -> None:
        """Append an item; of items with the same key the last counts. Raises StoreLost."""
        line = item.model_dump_json().encode() + b"\n"
        with storing(self._part):
            self._stream.write(line)
        self.duplicates += item.source_id in self._places
        self._places[item.source_id] = (self._at, len(line))
        self._at += len(line)

    def finish(self) -> None:
        """Leave `items.jsonl` with each item once, ordered by source_id. Raises StoreLost."""
        in_order = self._part.with_suffix(".ordered")
        with storing(self._path):
            self._stream.close()
            with self._part.open("rb") as kept, in_order.open("wb") as ordered:
                for _, (at, length) in sorted(self._places.items()):
                    kept.seek(at)
                    ordered.write(kept.read(length))
                ordered.flush()
                os.fsync(ordered.fileno())
            in_order.replace(self._path)
            self._part.unlink()

    def __enter__(self) -> "ItemsFile":
        return self

    def __exit__(self, *_: object) -> None:
        """Close, finished or not."""
        with suppress(OSError):
            self._stream.close()
