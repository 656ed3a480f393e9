"""The folder that one crawl leaves: `items.jsonl`, then `haul.json`; without `haul.json` there is no haul."""

import fcntl
import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from spiders.page import Plan
from spiders.settings import CrawlJob
from spiders.source import Source
from terms.errors import RunBusy, VardeError
from terms.haul import Haul
from terms.incident import Incident
from terms.organisation import Record

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=@-]{0,119}")
_LOCK_WAIT_S = 10.0
COUNTS = ("pages", "captures", "items", "duplicates", "failed_pages", "unchanged", "skipped")
_ALIKE = 20
_SECRET = re.compile(
    r"(?i)([?&][^=&#\s]*(?:key|token|secret|password|passwd|signature|auth)[^=&#\s]*=)[^&#\s\"'<>]*|(://)[^/@\s]+@"
)


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


class Findings:
    """What one crawl of one source saw: counts, incidents, how far it came and whether it read everything."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lost: StoreLost | None = None
        self._counts = dict.fromkeys(COUNTS, 0)
        self._incidents: dict[tuple[str, str, str], list[Incident]] = defaultdict(list)
        self._ids: dict[int, set[str]] = defaultdict(set)
        self._totals: dict[int, list[int]] = defaultdict(list)
        self._cursors: list[str] = []
        self._whole = True

    def count(self, name: str, times: int = 1) -> None:
        """More of `pages`, `captures`, `unchanged` …, or of `absent`, which only few sources know."""
        self._counts[name] = self._counts.get(name, 0) + times

    def note(self, incident: Incident) -> None:
        """Raise an incident and go on. One that says that records were left out counts them as skipped."""
        facts = {name: without_keys(value) for name, value in incident.facts.items()}
        incident = incident.model_copy(update={"facts": facts})
        self._incidents[incident.where, incident.level, incident.message].append(incident)
        if "left out" in incident.message:
            stated = incident.facts.get("left_out") or incident.facts.get("records") or "1"
            self.count("skipped", int(stated) if stated.isdecimal() else 1)

    def failed(self, message: str, level: Literal["warning", "error"] = "warning", **facts: str) -> None:
        """A page that could not be got or read."""
        self.count("failed_pages")
        self.cut_short(message, level, **facts)

    def cut_short(self, message: str, level: Literal["warning", "error"] = "warning", **facts: str) -> None:
        """Something was left unread, so the cursor stays."""
        self._whole = False
        self._say(message, level, **facts)

    def _say(self, message: str, level: Literal["warning", "error"] = "warning", **facts: str) -> None:
        """Raise an incident of the source."""
        self.note(Incident(where=f"source:{self.source.name}", level=level, message=message, facts=facts))

    def saw(self, root: int, ids: Iterable[str]) -> None:
        """Records of a page that descends from the first request number `root`."""
        self._ids[root].update(ids)

    def learn(self, root: int, total: int | None, cursor: str | None) -> None:
        """What the publisher says there is in all under one first request, and how far a page brings us."""
        self._totals[root] += [] if total is None else [total]
        self._cursors += [] if cursor is None else [cursor]

    def _check_yield(self) -> None:
        """Say aloud that a live crawl that read everything brought too few or too many; a recording is a sample."""
        pages, items = str(self._counts["pages"]), self._counts["items"]
        fewest, most = self.source.expect
        if items < fewest and not self._counts["unchanged"]:
            said = "Fewer items than expected" if items else "No item in any page"
            self._say(said, items=str(items), pages=pages, expected=str(fewest))
        if items > most:
            self._say("More items than expected", items=str(items), pages=pages, expected=str(most))

    def _check_total(self) -> None:
        """Say aloud that the publisher counts another number of records than it sent."""
        stated = {root: totals for root, totals in self._totals.items() if totals}
        got = sum(len(self._ids[root]) for root in stated)
        if not sum(map(min, stated.values())) <= got <= sum(map(max, stated.values())):
            said = "The publisher counts another number of items than were read"
            self._say(said, items=str(got), stated=str(sum(map(max, stated.values()))))

    def conclude(self, job: CrawlJob, items: ItemsFile) -> Haul:
        """The haul. Times are those of the plan, so that a replay can be repeated byte for byte."""
        plan, is_checked = job.plan, not job.is_raw
        self._counts |= {"items": len(items), "duplicates": items.duplicates}
        if is_checked and self._whole:
            self._check_total()
        if job.replay is None and self._whole:
            self._check_yield()
        useful = self._counts["items"] or self._counts["unchanged"]
        state: Literal["complete", "partial", "failed"] = "complete"
        if not self._whole:
            state = "partial" if useful else "failed"
        return Haul(
            source=self.source.name,
            run_key=job.run_key,
            state=state,
            started_at=plan.now,
            finished_at=plan.now,
            counts=self._counts,
            incidents=tuple(self._told()),
            cursor=self._cursor(plan) if self._whole and is_checked else plan.since,
        )

    def _cursor(self, plan: Plan) -> str | None:
        """The greatest that the source named; for a source that names none, today."""
        if type(self.source).cursor is Source.cursor:
            return plan.now.date().isoformat()
        return max([*self._cursors, *([plan.since] if plan.since else [])], default=None)

    def _told(self) -> Iterator[Incident]:
        """Incidents; of one kind at most twenty, then how many more there were."""
        for alike in self._incidents.values():
            yield from alike[:_ALIKE]
            if len(alike) > _ALIKE:
                yield alike[0].model_copy(update={"facts": {"more": str(len(alike) - _ALIKE)}})


def one_line(text: str, limit: int = 300) -> str:
    """Text from outside, fit for a log line."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:limit])


def without_keys(text: str) -> str:
    """Text without the values of parameters that are keys, and without the user names, of addresses in it."""
    return _SECRET.sub(lambda found: f"{found[1] or found[2]}…" + ("@" if found[2] else ""), text)


def shown(url: str) -> str:
    """An address fit for incidents and logs: without keys, one line, not endless."""
    return one_line(without_keys(url))
