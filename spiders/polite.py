"""Manners: robots.txt (RFC 9309) first, Crawl-delay, Retry-After (RFC 9110, 10.2.3), conditional requests."""

import asyncio
import json
import math
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from spiders.guard import StaysSilent
from spiders.haul import write_whole
from spiders.settings import CrawlJob, CrawlSettings, job_of
from terms.errors import Blocked

_AGENT = "Varde"
_LONGEST = timedelta(hours=24)
_ROBOTS_BYTES = 500 * 1024
PASSING_STATUS = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_PASSING_TROUBLE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
GONE = frozenset({410, 451})
"""Gone for good (RFC 9110, 15.5.11), or withheld by law (RFC 7725)."""
_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


class ComeBackLater(Blocked):
    """A publisher asks for a longer wait than one crawl can give."""


async def pause(seconds: float) -> None:
    """Wait; a name of its own, so that tests can count seconds instead of spending them."""
    await asyncio.sleep(seconds)


def retry_after(stated: str, now: datetime) -> timedelta | None:
    """How long Retry-After asks to wait, at most 24 hours; None where it says nothing usable. now: aware."""
    stated = stated.strip()
    if re.fullmatch(r"[0-9]+", stated):
        return timedelta(seconds=int(stated)) if len(stated) < 6 else _LONGEST
    try:
        until = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(wait, _LONGEST) if wait > timedelta(0) else None


class Visits:
    """What is remembered between crawls: validators of first pages, those that are gone, hosts to be left alone.

    A small JSON file beside the captures, saved only after the haul: nothing is lost by being "unchanged".
    """

    def __init__(self, captures: Path, source: str) -> None:
        self._path = captures / source / "visits.json"
        self.hosts: dict[str, datetime] = {}
        self.gone: dict[str, str] = {}
        self._before: dict[str, dict[str, str]] = {}
        self._now: dict[str, dict[str, str]] = {}
        try:
            kept = json.loads(self._path.read_bytes())
            self.hosts = {str(host): datetime.fromisoformat(at) for host, at in kept["hosts"].items()}
            self._before = {str(url): dict(sent) for url, sent in kept["pages"].items()}
            self.gone = {str(url): str(said) for url, said in kept.get("gone", {}).items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.hosts, self._before, self.gone = {}, {}, {}

    def validators(self, url: str) -> Mapping[str, str]:
        """Header lines that make a request conditional; none for a page that was never read to its end."""
        return {_VALIDATORS[name]: text for name, text in self._before.get(url, {}).items() if name in _VALIDATORS}

    def keep(self, url: str, response: Response) -> None:
        """Remember the validators of a first page (those sent with 304 replace earlier ones), or that it is gone."""
        if response.status in GONE:
            self.gone[url] = f"answered {response.status} on {datetime.now(UTC):%Y-%m-%d}"
        sent = {name: (response.headers.get(name) or b"").decode("latin-1") for name in _VALIDATORS}
        earlier = self._before.get(url, {}) if response.status == 304 else {}
        self._now[url] = earlier | {name: text for name, text in sent.items() if 0 < len(text) <= 1000}

    def save(self, complete: bool) -> None:
        """Write them; validators only of a complete crawl, since its pages will not be read again. Raises StoreLost."""
        now = datetime.now(UTC)
        hosts = {host: at.isoformat() for host, at in sorted(self.hosts.items()) if at > now}
        pages = dict(sorted((self._now if complete else self._before).items()))
        if hosts or pages or self.gone or self._path.exists():
            kept = {"hosts": hosts, "pages": pages, "gone": self.gone}
            write_whole(self._path, json.dumps(kept, indent=1).encode())

    def check_not_gone(self, url: str) -> None:
        """Raises Blocked for an address that its publisher took away for good."""
        if url in self.gone:
            raise Blocked(
                f"it {self.gone[url]}: mend its address, drop the source, or delete {self._path} to ask again"
            )


def _visits_of(crawler: Crawler) -> Visits:
    """The memory that the spider carries."""
    visits = getattr(crawler.spider, "visits", None)
    if not isinstance(visits, Visits):
        raise TypeError("our middlewares serve only spiders.spider.SourceSpider")
    return visits


class Robots:
    """No request to a host before its robots.txt is read. 4xx allows all; 5xx, 429 and silence forbid all for now."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._settings = job_of(crawler).settings
        self._rules: dict[str, Protego | Blocked] = {}
        self._reading: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Robots":
        """As Scrapy builds it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Blocked where robots.txt does not let us."""
        parts = urlsplit(request.url)
        if request.meta.get("robots") or parts.scheme not in {"http", "https"}:
            return
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._reading.setdefault(origin, asyncio.Lock()):
            if origin not in self._rules:
                self._rules[origin] = await self._learn(origin, request)
        rules = self._rules[origin]
        if isinstance(rules, Blocked):
            raise rules
        if not rules.can_fetch(request.url, _AGENT):
            raise Blocked(f"robots.txt of {parts.netloc} does not let us; ask the publisher, or drop the source")

    async def _learn(self, origin: str, request: Request) -> Protego | Blocked:
        """The rules of a host, or why nothing may be fetched from it in this crawl."""
        try:
            rules = await self._read(origin)
            self._slow_down(request, rules)
        except Blocked as reason:
            return reason
        return rules

    async def _read(self, origin: str) -> Protego:
        """The rules of a host. Raises Blocked where they cannot be read."""
        asked = Request(f"{origin}/robots.txt", meta={"robots": True}, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(asked)
        except (*_PASSING_TROUBLE, DownloadCancelledError, IgnoreRequest, OSError, ValueError) as reason:
            raise Blocked(
                f"{origin}/robots.txt cannot be read ({type(reason).__name__}); crawl again later"
            ) from reason
        if response.status == 429 or response.status >= 500:
            raise Blocked(f"{origin}/robots.txt answers {response.status}; until it is back nothing is fetched")
        body = response.body[:_ROBOTS_BYTES] if 200 <= response.status < 300 else b""
        return Protego.parse(body.decode("utf-8-sig", errors="ignore"))

    def _slow_down(self, request: Request, rules: Protego) -> None:
        """Honour Crawl-delay where it is longer than ours. Raises Blocked for one that no crawl can keep."""
        stated = rules.crawl_delay(_AGENT)
        if stated is None or not math.isfinite(stated) or stated <= 0:
            return
        if stated > self._settings.max_wait_s:
            raise Blocked(f"robots.txt asks for {stated:g} s between requests, more than VARDE_MAX_WAIT_S; raise that")
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        delay = max(stated, self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        downloader.per_slot_settings[key] = {"concurrency": 1, "delay": delay, "jitter": 0}
        if key in downloader.slots:
            downloader.slots[key].delay = delay


class Patience:
    """Tries again what may pass, no sooner than the publisher asks; a host that asks for too much is left alone."""

    def __init__(self, settings: CrawlSettings, visits: Visits) -> None:
        self._settings, self._visits = settings, visits
        self._not_before: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Patience":
        """As Scrapy builds it."""
        return cls(job_of(crawler).settings, _visits_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Wait until the host may be asked again. Raises ComeBackLater, and Blocked for a page that is gone."""
        if request.meta.get("first_page"):
            self._visits.check_not_gone(request.meta["asked"])
        host = _host(request)
        until = self._visits.hosts.get(host)
        if until is not None and until > datetime.now(UTC):
            raise ComeBackLater(f"{host} asks us to come back at {until:%Y-%m-%d %H:%M} UTC; crawl again then")
        if (wait := self._not_before.get(host, 0) - time.monotonic()) > 0:
            await pause(wait)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, or the request once more. Raises ComeBackLater."""
        if response.status not in PASSING_STATUS:
            return response
        now = datetime.now(UTC)
        stated = retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), now)
        if stated is not None and stated.total_seconds() > self._settings.max_wait_s:
            self._visits.hosts[_host(request)] = until = now + stated
            raise ComeBackLater(
                f"{_host(request)} asks us to come back at {until:%Y-%m-%d %H:%M} UTC; crawl again then"
            )
        return self._again(request, stated) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request once more, where the trouble may pass; a host that only stays silent is left alone."""
        may_pass = isinstance(exception, _PASSING_TROUBLE) and not isinstance(exception, StaysSilent)
        return self._again(request, None) if may_pass else None

    def _again(self, request: Request, stated: timedelta | None) -> Request | None:
        """The request once more after a wait, or None when it was tried often enough."""
        tried = request.meta.get("tried", 0)
        if tried >= self._settings.retries:
            return None
        ours = self._settings.retry_wait_s * 2**tried
        wait = stated.total_seconds() if stated is not None else min(ours, self._settings.max_wait_s)
        self._not_before[_host(request)] = time.monotonic() + wait
        again = request.replace(dont_filter=True)
        again.meta["tried"] = tried + 1
        return again


def _host(request: Request) -> str:
    """Whose patience it is."""
    return urlsplit(request.url).netloc


class Conditional:
    """Asks for first pages only if they changed since the last complete crawl; back-fill and mirror get them whole."""

    def __init__(self, job: CrawlJob, visits: Visits) -> None:
        self._visits = visits
        self._wanted = job.plan.since is not None and job.mirror is None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Conditional":
        """As Scrapy builds it."""
        return cls(job_of(crawler), _visits_of(crawler))

    def process_request(self, request: Request) -> None:
        """Add If-None-Match and If-Modified-Since where the spider marked the request as a first page."""
        if self._wanted and request.meta.get("first_page"):
            for name, text in self._visits.validators(request.meta["asked"]).items():
                request.headers[name] = text
