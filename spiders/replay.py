"""Answers from files instead of publishers, at the publishers' true addresses; and answers from a mirror.

A replay is a folder with `index.jsonl`, one recorded answer a line:
`{"source": …, "method": "GET", "url": …, "status": 200, "headers": {…}, "file": …}`, `body_sha256` of the request
where the address alone does not tell answers apart, or `{"source": …, "url": …, "error": "timeout" | "refused"}`.
Several lines for one request are answered in order, the last for ever. Anything else, a file or a folder without an
index, is raw payloads, one page a file.
"""

import hashlib
import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadConnectionRefusedError, DownloadTimeoutError
from scrapy.http import Headers, Response

from spiders.page import Ask
from spiders.settings import RAW_BASE, CrawlJob, job_of
from terms.errors import NotFound, VardeError

_RAW = "replay:///"


class NotInReplay(VardeError):
    """A source asked for something that was not recorded."""


class Answer(BaseModel):
    """One line of `index.jsonl`. file: relative to the folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    url: str
    method: str = "GET"
    body_sha256: str | None = None
    status: int = 200
    headers: dict[str, str] = {}
    file: str | None = None
    error: Literal["timeout", "refused"] | None = None


class Recording:
    """What one source is answered. Raises NotFound without the file or folder, VardeError for an unreadable line."""

    def __init__(self, job: CrawlJob) -> None:
        self._root, self._max_bytes = job.replay or Path(), job.settings.max_body_bytes
        if not self._root.exists():
            raise NotFound(f"{self._root} is not there; --replay needs a file, or a folder of recorded answers")
        self._answers: dict[tuple[str, str], deque[Answer]] = {}
        for answer in () if job.is_raw else _lines(self._root / "index.jsonl"):
            if answer.source == job.source:
                self._answers.setdefault((answer.method, Request(answer.url).url), deque()).append(answer)

    def answer(self, request: Request) -> Response:
        """The recorded answer. Raises NotInReplay and the exceptions of a failed request."""
        if request.url.startswith(RAW_BASE):
            return Response(request.url, body=self._bytes(unquote(request.url.removeprefix(RAW_BASE + "/"))))
        found = self._next(request)
        if found.error == "timeout":
            raise DownloadTimeoutError("recorded")
        if found.error == "refused":
            raise DownloadConnectionRefusedError("recorded")
        body = self._bytes(found.file) if found.file else b""
        return Response(request.url, status=found.status, headers=Headers(found.headers), body=body)

    def _next(self, request: Request) -> Answer:
        """The first answer left for a request; the last one stays."""
        waiting = self._answers.get((request.method, request.url), deque())
        sent = hashlib.sha256(request.body).hexdigest()
        fitting = [answer for answer in waiting if answer.body_sha256 in {None, sent}]
        if not fitting:
            raise NotInReplay("not in the replay")
        if len(fitting) > 1:
            waiting.remove(fitting[0])
        return fitting[0]

    def _bytes(self, name: str) -> bytes:
        """A file of the recording, never one outside of it."""
        place = self._root if self._root.is_file() else self._root / name
        if not place.resolve().is_relative_to(self._root.resolve()):
            raise VardeError(f"{name!r} lies outside of the replay {self._root}; mend its index.jsonl")
        if not place.is_file():
            raise NotInReplay(f"file {name!r} is not in the replay")
        if place.stat().st_size > self._max_bytes:
            raise DownloadCancelledError(f"larger than {self._max_bytes} bytes")
        return place.read_bytes()


def _lines(index: Path) -> Iterator[Answer]:
    """The answers of an index. Raises VardeError naming the line."""
    for number, line in enumerate(index.read_bytes().splitlines(), start=1):
        if line.strip():
            try:
                yield Answer.model_validate(json.loads(line))
            except (ValueError, ValidationError) as reason:
                raise VardeError(f"{index}, line {number}: not a recorded answer ({reason}); mend it") from None


def raw_asks(place: Path, label: str) -> Iterator[Ask]:
    """One ask for each raw payload, ordered by name; hidden files are left out."""
    if place.is_file():
        yield Ask(_RAW + quote(place.name), label=label)
        return
    for name in sorted(file.relative_to(place).as_posix() for file in place.rglob("*") if file.is_file()):
        if not any(part.startswith(".") for part in name.split("/")):
            yield Ask(_RAW + quote(name), label=label)


def mirrored(url: str, base: str | None) -> str:
    """Where an address is really fetched. base: address that replaces scheme and host."""
    parts = urlsplit(url)
    return base.rstrip("/") + parts._replace(scheme="", netloc="").geturl() if base else url


def true_address(fetched: str, asked: str, base: str | None) -> str:
    """The publisher's address of something fetched, from the address that was asked for."""
    if base is None or not fetched.startswith(base.rstrip("/") + "/"):
        return fetched
    parts = urlsplit(asked)
    return f"{parts.scheme}://{parts.netloc}{fetched.removeprefix(base.rstrip('/'))}"


class ReplayMiddleware:
    """Innermost: answers every request itself, so that nothing is ever dialled."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ReplayMiddleware":
        """As Scrapy builds it. Raises NotFound, VardeError."""
        return cls(Recording(job_of(crawler)))

    def process_request(self, request: Request) -> Response:
        """The recorded answer; robots.txt that was not recorded forbids nothing."""
        try:
            return self._recording.answer(request)
        except NotInReplay:
            if request.meta.get("robots"):
                return Response(request.url, status=404)
            raise
