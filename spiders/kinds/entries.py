"""Feeds read in a process of their own (`spiders.feedchild`), which is killed and replaced where it takes too much.

A long feed is cut at its items and read in parts, so that the limit of processor time is per part: feedparser reads
700 items a second, and a healthy feed may hold thousands.
"""

import atexit
import itertools
import json
import os
import re
import select
import struct
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spiders.nursery import NURSERY, Child, sent
from terms.errors import SourceChanged

AT_MOST = 5_000
WALL_SECONDS = 20.0
FEED_SECONDS = 30.0
_PART = 250
_STARTS = re.compile(rb"<(?:[A-Za-z0-9]{1,20}:)?(?:item|entry)[\s>]")
_ROOT = re.compile(rb"<((?:[A-Za-z0-9]{1,20}:)?(?:rss|RDF|feed))[\s>]")


@dataclass(frozen=True)
class Entry:
    """One entry, every text plain and clean. id and link: as sent, to be judged by `kinds.address`."""

    id: str = ""
    link: str = ""
    title: str = ""
    text: str = ""
    language: str = ""
    published: str = ""
    updated: str = ""
    created: str = ""
    dated: str = ""
    doi: str = ""
    identifier: str = ""
    venue: str = ""
    announced: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """What a feed says. left_out: items above the limit of one feed. unknown: names of fields nobody uses.

    is_cut: it ends before its end, as when a connection closes without a word.
    """

    version: str
    title: str
    language: str
    entries: tuple[Entry, ...]
    unknown: tuple[str, ...]
    is_malformed: bool
    left_out: int
    is_cut: bool = False

    @property
    def is_atom(self) -> bool:
        """Whether `updated` means a change; in the other dialects it is dc:date."""
        return self.version.startswith("atom")


class Reader:
    """One child process, forked when first asked and again after it was stopped."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._pipes: tuple[int, int] = (-1, -1)
        self._lock = threading.Lock()

    def ask(self, content_type: str, body: bytes) -> dict[str, Any]:
        """The child's answer. Raises SourceChanged where the feed kills it, takes too long or cannot be read."""
        question = content_type.encode("latin-1", "replace").replace(b"\n", b" ") + b"\n" + body
        with self._lock:
            answer = self._exchange(question, time.monotonic() + WALL_SECONDS)
            said: dict[str, Any] = (
                json.loads(answer) if answer else {"error": "parse_timeout: over its limits of time or memory"}
            )
            if "error" in said:
                self.stop()
                raise SourceChanged(str(said["error"]))
        return said

    def _exchange(self, question: bytes, until: float) -> bytes:
        asked, answered = self._running()
        if not sent(asked, struct.pack(">I", len(question)) + question):
            return b""
        head = _received(answered, 4, until)
        return _received(answered, struct.unpack(">I", head)[0], until) if head else b""

    def _running(self) -> tuple[int, int]:
        """Where to ask and where to read the answer."""
        if self._child is None or self._child.poll() is not None:
            self.stop()
            asked, answered = os.pipe(), os.pipe()
            self._pipes = asked[1], answered[0]
            try:
                with Path(os.devnull).open("wb") as nowhere:
                    self._child = NURSERY.__enter__().child("feeds", asked[0], answered[1], nowhere.fileno())
            finally:
                os.close(asked[0])
                os.close(answered[1])
        return self._pipes

    def stop(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            NURSERY.__exit__()
            for pipe in self._pipes:
                os.close(pipe)


def _received(pipe: int, size: int, until: float) -> bytes:
    """So many bytes, or b"" where the child has died or the time is up."""
    gathered = bytearray()
    while len(gathered) < size:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        piece = os.read(pipe, min(size - len(gathered), 1 << 20)) if ready else b""
        if not piece:
            return b""
        gathered += piece
    return bytes(gathered)


_reader = Reader()
atexit.register(_reader.stop)


def parts_of(body: bytes) -> tuple[list[bytes], int]:
    """The feed in parts of 250 items, each a feed of its own; and how many items above the limit were left out."""
    starts = [found.start() for found in _STARTS.finditer(body)]
    root = _ROOT.search(body, 0, starts[0]) if len(starts) > _PART else None
    if root is None:
        return [body], 0
    close = (b"</channel>" if root[1].endswith(b"rss") else b"") + b"</" + root[1] + b">"
    edges = [*starts[:AT_MOST:_PART], starts[AT_MOST] if len(starts) > AT_MOST else len(body)]
    head = body[: starts[0]]
    parts = [head + body[a:b] + (b"" if b == len(body) else close) for a, b in itertools.pairwise(edges)]
    return parts, max(0, len(starts) - AT_MOST)


def read_feed(body: bytes, content_type: str, url: str) -> Feed:
    """The feed behind these bytes, an empty one included.

    Raises SourceChanged, with `not_a_feed` in its message, for HTML, JSON, garbage or nothing; and where reading it
    takes more than the limits of RELIABILITY 8.
    """
    parts, left_out = parts_of(body)
    until, answers = time.monotonic() + FEED_SECONDS, []
    for part in parts:
        if time.monotonic() > until:
            raise SourceChanged(f"The feed at {url} takes too long to read; look at what it sends (parse_timeout)")
        try:
            answers.append(_reader.ask(content_type, part))
        except SourceChanged as trouble:
            raise SourceChanged(f"The feed at {url} cannot be read: {trouble}; look at what it sends") from trouble
    if not answers[0]["version"]:
        raise SourceChanged(f"not_a_feed: {url} answered with something that is not RSS, RDF or Atom; open it and look")
    feed = _joined(answers, left_out)
    return replace(feed, is_cut=feed.is_malformed and _ends_early(body))


def _ends_early(body: bytes) -> bool:
    root = _ROOT.search(body)
    return root is not None and b"</" + root[1] not in body


def _joined(answers: list[dict[str, Any]], left_out: int) -> Feed:
    entries = [_entry(said) for answer in answers for said in answer["entries"]]
    return Feed(
        version=answers[0]["version"],
        title=answers[0]["title"],
        language=answers[0]["language"],
        entries=tuple(entries[:AT_MOST]),
        unknown=tuple(sorted({name for answer in answers for name in answer["unknown"]})),
        is_malformed=any(answer["malformed"] for answer in answers),
        left_out=left_out + max(0, len(entries) - AT_MOST),
    )


def _entry(said: dict[str, Any]) -> Entry:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Entry(**fields)
