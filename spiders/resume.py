"""Where a crawl stopped, so that the next one goes on from there: a small JSON file beside the captures.

What was read is known by the hashes of its requests, what is left stands there whole, keys as their names. A mark is of
one question (cursor and focus) and holds for a limited time, which each source states.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from spiders.haul import write_whole
from spiders.page import Ask, Plan
from spiders.settings import CrawlJob
from spiders.source import Source

_KEY = "\ue000{}\ue000"  # private use: stands in no address


class Left(BaseModel):
    """A request that is still to be made. root: number of the first request that it descends from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    root: int
    url: str
    method: str
    body: str | None
    headers: dict[str, str]
    label: str


class Mark(BaseModel):
    """How far a crawl came. begun: when the first crawl of this list began. items: how many were kept so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begun: AwareDatetime
    done: tuple[str, ...]
    left: tuple[Left, ...]
    ids: dict[int, tuple[str, ...]]
    totals: dict[int, tuple[int, ...]]
    cursors: tuple[str, ...]
    items: int


def key_of(ask: Ask) -> str:
    """What makes two requests the same."""
    return hashlib.sha256("\n".join((ask.method, ask.url)).encode() + b"\n" + (ask.body or b"")).hexdigest()[:24]


class Progress:
    """What one crawl has read and has yet to read, an interrupted crawl before it included.

    mark: what that one left; None where there is none that holds, or nothing live is asked.
    """

    def __init__(self, source: Source, job: CrawlJob) -> None:
        is_live = job.replay is None and job.mirror is None and job.record is None
        self._path = job.captures / source.name / "resume.json"
        self._hours = source.resumes if is_live else 0
        self._plan = job.plan
        self._left: dict[str, tuple[Ask, int]] = {}
        self._done: set[str] = set()
        self._may_pass = True
        self.mark = self._read().get(_question(job.plan)) if self._hours else None
        if self.mark:
            self._done.update(self.mark.done)

    def asks(self) -> Iterator[tuple[int, Ask]]:
        """What the mark says is left to ask, with the number of its root."""
        for left in self.mark.left if self.mark else ():
            yield left.root, _revealed(left, self._plan.keys)

    def is_done(self, ask: Ask) -> bool:
        """Whether this or an earlier crawl of the list has read it."""
        return key_of(ask) in self._done

    def leave(self, asks: Iterable[Ask], root: int) -> None:
        """These are to be read."""
        for ask in asks:
            if not self.is_done(ask):
                self._left.setdefault(key_of(ask), (ask, root))

    def finish(self, ask: Ask) -> None:
        """This one was read to its end."""
        self._left.pop(key_of(ask), None)
        self._done.add(key_of(ask))

    def refuse(self) -> None:
        """Something failed that waiting does not mend: the next crawl starts again, so that it sees what is new."""
        self._may_pass = False

    def start_again(self) -> None:
        """The mark does not hold: nothing is read yet."""
        self.mark = None
        self._left.clear()
        self._done.clear()

    @property
    def begun(self) -> datetime:
        """When the first crawl of this list began."""
        return self.mark.begun if self.mark else self._plan.now

    @property
    def done(self) -> set[str]:
        """Keys of what was read."""
        return self._done

    def left(self) -> list[Left]:
        """What is to be read; nothing where that cannot be said without a token."""
        if any(ask.is_secret for ask, _ in self._left.values()):
            return []
        return [_hidden(ask, root, self._plan.keys) for ask, root in self._left.values()]

    def save(self, mark: Mark | None) -> None:
        """Keep the mark for the next crawl; none where the list was read whole, or nothing more of it came.

        Raises StoreLost.
        """
        if not self._hours:
            return
        marks = self._read()
        marks.pop(_question(self._plan), None)
        known = self.mark.done if self.mark else ()
        if mark is not None and self._may_pass and mark.left and len(mark.done) > len(known):
            marks[_question(self._plan)] = mark
        if marks or self._path.exists():
            kept = {question: json.loads(one.model_dump_json()) for question, one in sorted(marks.items())}
            write_whole(self._path, json.dumps(kept, indent=1).encode())

    def _read(self) -> dict[str, Mark]:
        """The marks that hold by the time of the plan; a file that cannot be read holds none."""
        oldest = self._plan.now - timedelta(hours=self._hours)
        try:
            kept = {question: Mark.model_validate(one) for question, one in json.loads(self._path.read_bytes()).items()}
        except (OSError, ValueError, AttributeError, ValidationError):
            return {}
        return {question: mark for question, mark in kept.items() if oldest < mark.begun <= self._plan.now}


def _question(plan: Plan) -> str:
    """What was asked for, apart from the day: another cursor or focus is another list."""
    asked = json.dumps([plan.since, plan.focus.model_dump(mode="json")])
    return f"{plan.since or 'all'} {hashlib.sha256(asked.encode()).hexdigest()[:16]}"


def _hidden(ask: Ask, root: int, keys: Mapping[str, str]) -> Left:
    """A request without the keys in it."""

    def without(text: str) -> str:
        for name, key in keys.items():
            text = text.replace(key, _KEY.format(name)) if key else text
        return text

    body = None if ask.body is None else without(ask.body.decode("latin-1"))
    headers = {name: without(text) for name, text in ask.headers.items()}
    return Left(root=root, url=without(ask.url), method=ask.method, body=body, headers=headers, label=ask.label)


def _revealed(left: Left, keys: Mapping[str, str]) -> Ask:
    """The request with today's keys."""

    def whole(text: str) -> str:
        for name, key in keys.items():
            text = text.replace(_KEY.format(name), key)
        return text

    body = None if left.body is None else whole(left.body).encode("latin-1")
    headers = {name: whole(text) for name, text in left.headers.items()}
    return Ask(whole(left.url), method=left.method, body=body, headers=headers, label=left.label)
