"""The one Scrapy spider: asks what a source asks, hands it the pages, keeps its trouble inside it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import Any, NoReturn
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.exceptions import (
    CannotResolveHostError,
    CloseSpider,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.capture import plain_headers
from spiders.guard import AddressGuard
from spiders.haul import Findings, ItemsFile, StoreLost, one_line, shown
from spiders.page import Ask, Page
from spiders.polite import GONE, ComeBackLater, Visits
from spiders.replay import mirrored, raw_asks, true_address
from spiders.settings import CrawlJob, scrapy_settings
from spiders.source import Source
from terms.errors import Blocked, VardeError

_STORE_LOST = "store lost"
# sentences of our own: what libraries say may contain addresses with keys in them
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "no whole answer in time"),
    (DownloadConnectionRefusedError, "the connection was refused, or its certificate is not trusted"),
    (CannotResolveHostError, "the host's name is not known"),
    (ResponseDataLossError, "the answer was cut short"),
    (DownloadCancelledError, "too_large: more than VARDE_MAX_BODY_BYTES"),
    (DownloadFailedError, "the connection broke"),
)


def run(source: Source, job: CrawlJob, findings: Findings, items: ItemsFile) -> Visits:
    """Crawl a source on an event loop of its own; returns what is to be remembered. Raises VardeError for a replay."""
    visits = Visits(job.captures, source.name)
    job = _roomy(job, source.largest)

    async def crawling() -> None:
        runner = AsyncCrawlerRunner(scrapy_settings(job, _rate(source, job)))
        await runner.crawl(SourceSpider, source=source, job=job, findings=findings, items=items, visits=visits)

    asyncio.run(crawling())
    return visits


def _roomy(job: CrawlJob, largest: int) -> CrawlJob:
    """The job with room for the answers of a source whose files are larger than others'."""
    room = job.settings.model_copy(update={"max_body_bytes": max(job.settings.max_body_bytes, largest)})
    return job.model_copy(update={"settings": room})


def _rate(source: Source, job: CrawlJob) -> float:
    """Seconds between requests: the source's own, except from a mirror that the settings name as ours."""
    is_ours = job.mirror is not None and urlsplit(job.mirror).netloc in job.settings.allow_hosts
    return 0.0 if is_ours else source.rate


class SourceSpider(Spider):
    """Crawls one source. What it found is in `findings`, its items in `items`."""

    def __init__(self, source: Source, job: CrawlJob, findings: Findings, items: ItemsFile, visits: Visits) -> None:
        super().__init__(name=source.name)
        self.source, self.job, self.findings, self.items, self.visits = source, job, findings, items, visits
        self._guard = AddressGuard(job.settings.allow_hosts)
        self._asked: set[tuple[str, str, bytes]] = set()
        self._seen: set[tuple[str, str]] = set()

    async def start(self) -> AsyncIterator[Any]:
        """The source's first requests, or the raw payloads of a replay."""
        for root, ask in enumerate(self._first_asks()):
            for request in self._requests((ask,), root, first=True):
                yield request

    def _first_asks(self) -> Iterable[Ask]:
        """What to begin with; nothing where the source cannot say."""
        try:
            if self.job.is_raw and self.job.replay is not None:
                return tuple(raw_asks(self.job.replay, self.source.raw_label))
            return tuple(islice(self.source.start(self.job.plan), self.job.settings.max_pages + 1))
        except Exception as trouble:  # noqa: BLE001  the boundary of one source
            self.findings.failed("The source could not be started", "error", reason=_told(trouble))
        return ()

    def _requests(self, asks: Iterable[Ask], root: int, first: bool = False) -> Iterator[Request]:
        """Requests for what was not asked before, up to the page limit."""
        for ask in asks:
            if self._key(ask) in self._asked:
                continue
            if len(self._asked) >= self.job.settings.max_pages:
                self.findings.cut_short("The page limit was reached", pages=str(self.job.settings.max_pages))
                return
            self._asked.add(self._key(ask))
            try:
                yield self._request(ask, root, first)
            except (Blocked, ValueError) as trouble:
                reason = str(trouble) if isinstance(trouble, Blocked) else "the address cannot be read"
                self.findings.failed("An address was refused", "error", url=shown(ask.url), reason=reason)

    @staticmethod
    def _key(ask: Ask) -> tuple[str, str, bytes]:
        """What makes two requests the same."""
        return ask.method, ask.url, hashlib.sha256(ask.body or b"").digest()

    def _request(self, ask: Ask, root: int, first: bool) -> Request:
        """One request as Scrapy wants it. Raises Blocked."""
        if not self.job.is_raw:
            self._guard.check_url(ask.url)
        return Request(
            mirrored(ask.url, self.job.base),
            method=ask.method,
            body=ask.body or b"",
            headers=dict(ask.headers),
            callback=self.read,
            errback=self.miss,
            dont_filter=True,
            cb_kwargs={"ask": ask, "root": root},
            meta={
                "asked": ask.url,
                "own_headers": tuple(ask.headers),
                "first_page": first and ask.method == "GET",
                "is_secret": ask.is_secret,
            },
        )

    def read(self, response: Response, ask: Ask, root: int) -> Iterator[Request]:
        """One answer. Raises CloseSpider when the disk is lost."""
        if self.findings.lost:
            return
        if response.meta["first_page"]:
            self.visits.keep(ask.url, response)
        if response.status == 304:
            self.findings.count("unchanged")
        elif 200 <= response.status < 300:
            yield from self._read_page(self._page(response, ask), root)
        elif self._is_absence(self._page(response, ask)):
            self.findings.count("absent")
        else:
            self._refused(response.status, shown(ask.url))

    def _refused(self, status: int, url: str) -> None:
        """An answer that says no."""
        if status in GONE:
            self.findings.failed("The publisher says that this is gone for good", "error", url=url, status=str(status))
        else:
            self.findings.failed("The publisher answered with an error", url=url, status=str(status))

    def _is_absence(self, page: Page) -> bool:
        """Whether the source knows this error as the publisher's word for nothing; a doubt is an error."""
        try:
            return self.source.is_absence(page)
        except Exception as trouble:  # noqa: BLE001  the boundary of one source
            self._page_failed("The page broke its parser", page, trouble)
        return False

    def _page(self, response: Response, ask: Ask) -> Page:
        """An answer as sources see it, at the publisher's own address; only good ones were captured."""
        return Page(
            url=true_address(response.url, ask.url, self.job.base),
            body=response.body,
            capture_sha256=response.meta.get("capture_sha256", ""),
            status=response.status,
            headers=plain_headers(response.headers),
            label=ask.label,
            sent=ask.headers,
        )

    def _read_page(self, page: Page, root: int) -> Iterator[Request]:
        """Items and further requests of a good answer."""
        self.findings.count("pages")
        self.findings.count("captures")
        if not self._parsed(page, root) or self.job.is_raw:
            return
        asks = [ask for ask in self._links(page) if self._key(ask) not in self._asked]
        if (page.label, page.capture_sha256) in self._seen and asks:
            self.findings.cut_short("A page came again under another address; its links were left", url=shown(page.url))
            return
        self._seen.add((page.label, page.capture_sha256))
        yield from self._requests(asks, root)

    def _parsed(self, page: Page, root: int) -> bool:
        """Parse one page, the boundary of a source. Whether the page still has a shape that can be trusted."""
        try:
            read: set[str] = set()
            for item in self.source.parse(page, self.findings.note, self.job.plan):
                self.items.add(item)
                read.add(item.source_id)
            if not self.job.is_raw:
                rows = self.source.rows(page)
                self.findings.saw(root, read if rows is None else rows)
                self.findings.learn(root, self.source.total(page), self.source.cursor(page))
        except StoreLost as lost:
            self._give_up(lost)
        except VardeError as trouble:
            self._page_failed("The page no longer has the shape we know", page, trouble)
            return False
        except Exception as trouble:  # noqa: BLE001  the boundary of one source
            self._page_failed("The page broke its parser", page, trouble)
        return True

    def _links(self, page: Page) -> Iterable[Ask]:
        """What a page leads to; nothing where the source cannot say."""
        try:
            return tuple(islice(self.source.follow(page, self.job.plan), self.job.settings.max_pages + 1))
        except VardeError as trouble:
            self._page_failed("The page no longer has the shape we know", page, trouble)
        except Exception as trouble:  # noqa: BLE001  the boundary of one source
            self._page_failed("The page's links could not be read", page, trouble)
        return ()

    def _page_failed(self, message: str, page: Page, trouble: Exception) -> None:
        """A page that was fetched and captured but not understood."""
        facts = {"url": shown(page.url), "capture": page.capture_sha256, "reason": _told(trouble)}
        self.findings.failed(message, "error", **facts)

    def miss(self, failure: Failure) -> None:
        """No answer. Raises CloseSpider when the disk is lost."""
        trouble, url = failure.value, shown(failure.request.cb_kwargs["ask"].url)  # type: ignore[attr-defined]
        if isinstance(trouble, StoreLost):
            self._give_up(trouble)
        if isinstance(trouble, ComeBackLater):
            self.findings.failed("The publisher asks us to come back later", reason=str(trouble))
        elif isinstance(trouble, Blocked):
            self.findings.failed("An address was refused", "error", url=url, reason=str(trouble))
        else:
            self.findings.failed("A page could not be fetched", url=url, reason=_missed(trouble))

    def _give_up(self, lost: StoreLost) -> NoReturn:
        """Stop at once: nothing more can be kept."""
        self.findings.lost = lost
        raise CloseSpider(_STORE_LOST)

    def closed(self, reason: str) -> None:
        """Scrapy's last word. What it only logs must not pass for a complete crawl."""
        broken = self.crawler.stats.get_value("spider_exceptions/count", 0)
        if broken or reason not in {"finished", "closespider_timeout", _STORE_LOST}:
            self.findings.failed("The crawler itself broke; see its log", "error", ended=reason)
        if reason == "closespider_timeout":
            limit = f"{self.job.settings.crawl_timeout_s:g}"
            self.findings.cut_short("The crawl took too long and was stopped", seconds=limit)


def _told(trouble: BaseException) -> str:
    """An exception in one line: our own by its words, one that nobody foresaw with its type."""
    if isinstance(trouble, VardeError):
        return one_line(str(trouble))
    return one_line(f"{type(trouble).__name__}: {trouble}")


def _missed(trouble: BaseException | None) -> str:
    """Why there is no answer, without the words of libraries."""
    if isinstance(trouble, VardeError):
        return one_line(str(trouble))
    if isinstance(trouble, IgnoreRequest):
        bomb = isinstance(trouble.__cause__, ValueError)
        return "too_large: more than VARDE_MAX_BODY_BYTES once unpacked" if bomb else "more than five redirects"
    return next((text for kind, text in _REASONS if isinstance(trouble, kind)), type(trouble).__name__)
