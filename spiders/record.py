"""Every answer of a crawl written as a replay too: `index.jsonl` and a file each, as `spiders.replay` plays them back.

Keys never get into a recording: where one stands in an address, a body or an answer, the word stands that a replay is
given for it, so that the recording is asked for just what was recorded.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadTimeoutError
from scrapy.http import Response

from spiders.capture import plain_headers
from spiders.haul import write_whole
from spiders.page import NO_KEY
from spiders.replay import Answer, true_address
from spiders.settings import CrawlJob, job_of

_SECRET = re.compile(r"token|secret|password", re.I)
_SUFFIXES = (("json", "json"), ("html", "html"), ("xml", "xml"), ("rss", "xml"), ("csv", "csv"), ("text/", "txt"))
_NOT_PLAYED = {"Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection"}


class Recorder:
    """Sees answers once they are unpacked and redirects are followed, before anyone tries again."""

    def __init__(self, job: CrawlJob, place: Path) -> None:
        self._job, self._place = job, place
        self._answers: list[Answer] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Recorder":
        """As Scrapy builds it; the index is written when the crawl ends."""
        job = job_of(crawler)
        made = cls(job, job.record or Path())
        crawler.signals.connect(made.finish, signal=signals.spider_closed)
        return made

    def process_request(self, request: Request) -> None:
        """Remember what was asked before a redirect turns it into something else."""
        request.meta.setdefault("first_asked", (request.method, request.body))

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer, and the redirects that led to it. Raises StoreLost."""
        if request.meta.get("robots") or response.status == 304:
            return response
        self._keep_redirects(request)
        body = self._without_keys(response.body)
        body = _without_secrets(body) if request.meta.get("is_secret") else body
        file = f"{len(self._answers) + 1:04}.{_suffix(response)}"
        write_whole(self._place / file, body)
        headers = {name: text for name, text in plain_headers(response.headers).items() if name not in _NOT_PLAYED}
        self._add(request, status=response.status, headers=headers, file=file)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Keep that there was no answer."""
        kinds = {DownloadTimeoutError: "timeout", DownloadConnectionRefusedError: "refused"}
        if not request.meta.get("robots") and type(exception) in kinds:
            self._keep_redirects(request)
            self._add(request, error=kinds[type(exception)])

    def finish(self) -> None:
        """Write the index. Raises StoreLost."""
        lines = [answer.model_dump_json(exclude_defaults=True).encode() for answer in self._answers]
        write_whole(self._place / "index.jsonl", b"".join(line + b"\n" for line in lines))

    def _keep_redirects(self, request: Request) -> None:
        """One line for each hop that Scrapy followed on the way to this request."""
        method, body = request.meta["first_asked"]
        hops = [*request.meta.get("redirect_urls", ()), request.url]
        for place, status in enumerate(request.meta.get("redirect_reasons", ())):
            asked = request.replace(
                url=hops[place], method=request.method if place else method, body=b"" if place else body
            )
            self._add(asked, status=status, headers={"Location": self._address(request, hops[place + 1])})

    def _add(self, request: Request, **answer: Any) -> None:
        """A line of the index; the answer to a request that was tried again takes the place of the one before."""
        sent = self._without_keys(request.body)
        line = Answer(
            source=self._job.source,
            url=self._address(request, request.url),
            method=request.method,
            body_sha256=hashlib.sha256(sent).hexdigest() if sent else None,
            **answer,
        )
        alike = [n for n, kept in enumerate(self._answers) if _asked(kept) == _asked(line)]
        if request.meta.get("tried") and alike:
            self._answers[alike[-1]] = line
        else:
            self._answers.append(line)

    def _address(self, request: Request, url: str) -> str:
        """The publisher's own address, without keys."""
        url = true_address(url, request.meta["asked"], self._job.base)
        for key in self._job.plan.keys.values():
            for written in (quote(key, safe=""), quote_plus(key), key):
                url = url.replace(written, NO_KEY)
        return url

    def _without_keys(self, body: bytes) -> bytes:
        for key in self._job.plan.keys.values():
            body = body.replace(key.encode(), NO_KEY.encode())
        return body


def _asked(answer: Answer) -> tuple[str, str, str | None]:
    return answer.method, answer.url, answer.body_sha256


def _suffix(response: Response) -> str:
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    return next((suffix for part, suffix in _SUFFIXES if part in kind), "bin")


def _without_secrets(body: bytes) -> bytes:
    """An answer that holds a token, with a word in its place; nothing of one that is no JSON object."""
    try:
        fields = json.loads(body)
    except ValueError:
        return b""
    return json.dumps(dict(_blanked(fields))).encode() if isinstance(fields, dict) else b""


def _blanked(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        yield name, NO_KEY if _SECRET.search(name) and isinstance(value, str) else value
