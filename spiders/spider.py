"""The one Scrapy spider: asks what a source asks, hands it the pages, keeps its trouble inside it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NoReturn

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.capture import plain_headers
from spiders.findings import Findings
from spiders.guard import AddressGuard
from spiders.haul import ItemsFile, StoreLost
from spiders.page import Ask, Page
from spiders.polite import GONE, PASSING_STATUS, ComeBackLater, Visits
from spiders.reasons import missed, told
from spiders.replay import mirrored, raw_asks, true_address
from spiders.resume import Progress, key_of
from spiders.settings import CrawlJob, rate_in, roomy, scrapy_settings
from spiders.shown import shown
from spiders.source import Source
from spiders.tokens import Asked, Tokens, number_of
from terms.errors import Blocked, VardeError

_STORE_LOST = "store lost"
_MOST_LINKS = 20_000


def run(source: Source, job: CrawlJob, findings: Findings, items: ItemsFile, progress: Progress) -> Visits:
    """Crawl a source on an event loop of its own; returns what is to be remembered. Raises VardeError for a replay."""
    visits = Visits(job.captures, source.name)
    job = roomy(job, source.largest)

    async def crawling() -> None:
        # without Scrapy's runner, which copies the settings twice more and looks for a project's spiders
        crawler = Crawler(SourceSpider, scrapy_settings(job, rate_in(job, source.rate)))
        parts = {"findings": findings, "items": items, "visits": visits, "progress": progress}
        await crawler.crawl_async(source=source, job=job, **parts)

    asyncio.run(crawling())
    return visits


class SourceSpider(Spider):
    """Crawls one source. What it found is in `findings`, its items in `items`."""

    def __init__(
        self,
        source: Source,
        job: CrawlJob,
        findings: Findings,
        items: ItemsFile,
        visits: Visits,
        progress: Progress,
    ) -> None:
        super().__init__(name=source.name)
        self.source, self.job, self.findings, self.items, self.visits = source, job, findings, items, visits
        self.progress, self.tokens = progress, Tokens(source, job.plan)
        self._guard = AddressGuard(job.settings.allow_hosts)
        self._asked: set[str] = set()
        self._seen: set[tuple[str, str]] = set()

    async def start(self) -> AsyncIterator[Any]:
        """What an interrupted crawl left, else the source's first requests, or the raw payloads of a replay."""
        taken_up = self.progress.mark is not None
        for request in self._begin(self.progress.asks() if taken_up else enumerate(self._first_asks()), taken_up):
            yield request

    def _begin(self, asks: Iterable[tuple[int, Ask]], taken_up: bool) -> Iterator[Request]:
        """Requests to begin with, all of them known to be left before the first is made."""
        told = list(asks)
        for root, ask in told:
            self.progress.leave((ask,), root)
        for root, ask in told:
            yield from self._requests((ask,), root, first=not taken_up, taken_up=taken_up)

    def _start_again(self) -> Iterator[Request]:
        """The publisher no longer knows the place where the last crawl stopped."""
        self.findings.start_again()
        self.progress.start_again()
        self._asked.clear()
        yield from self._begin(enumerate(self._first_asks()), taken_up=False)

    def _first_asks(self) -> Iterable[Ask]:
        """What to begin with; nothing where the source cannot say."""
        try:
            if self.job.is_raw and self.job.replay is not None:
                return tuple(raw_asks(self.job.replay, self.source.raw_label))
            return self._bounded(self.source.start(self.job.plan))
        except Exception as trouble:  # noqa: BLE001  the boundary of one source
            self.findings.failed("The source could not be started", "error", reason=told(trouble))
        return ()

    def _requests(
        self, asks: Iterable[Ask], root: int, first: bool = False, taken_up: bool = False
    ) -> Iterator[Request]:
        """Requests for what was not asked before, up to the page limit."""
        for ask in asks:
            key = key_of(ask)
            if key in self._asked or self.progress.is_done(ask):
                continue
            if len(self._asked) >= self.job.settings.max_pages:
                self.findings.cut_short("The page limit was reached", pages=str(self.job.settings.max_pages))
                return
            self._asked.add(key)
            try:
                yield self._request(ask, root, first, taken_up)
            except (Blocked, ValueError) as trouble:
                reason = str(trouble) if isinstance(trouble, Blocked) else "the address cannot be read"
                self.findings.failed("An address was refused", "error", url=shown(ask.url), reason=reason)

    def _request(self, ask: Ask, root: int, first: bool, taken_up: bool) -> Request:
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
                "taken_up": taken_up,
            },
        )

    def read(self, response: Response, ask: Ask, root: int) -> Iterator[Request]:
        """One answer. Raises CloseSpider when the disk is lost."""
        if self.findings.lost or (response.meta["taken_up"] and self.progress.mark is None):
            return
        if response.meta["taken_up"] and self._says(self.source.is_stale, self._page(response, ask)):
            yield from self._start_again()
            return
        if response.meta["first_page"]:
            self.visits.keep(ask.url, response)
        again = self.tokens.renewal((ask, root), self._page(response, ask), number_of(response.request), self._says)
        if again is not None:
            yield from self._once_more(again)
            return
        failures = self.findings.counted("failed_pages")
        following = self._understood(response, ask, root)
        self.progress.leave(following, root)
        if self.findings.counted("failed_pages") == failures:
            self.progress.finish(ask)
        if ask.is_secret and self.findings.counted("failed_pages") == failures:
            yield from self._once_more(self.tokens.renewed(self._page(response, ask)))
        yield from self._requests(following, root)

    def _once_more(self, asks: Iterable[Asked]) -> Iterator[Request]:
        """Requests that go before all others: a log-in, or what waited for it. Raises Blocked."""
        for ask, root in asks:
            yield self._request(ask, root, first=False, taken_up=False).replace(priority=1)

    def _understood(self, response: Response, ask: Ask, root: int) -> list[Ask]:
        """What an answer leads to, once its items are kept."""
        if response.status == 304:
            self.findings.count("unchanged")
        elif 200 <= response.status < 300:
            return self._read_page(self._page(response, ask), root)
        elif self._says(self.source.is_absence, self._page(response, ask)):
            self.findings.count("absent")
        else:
            self._refused(response.status, shown(ask.url))
        return []

    def _refused(self, status: int, url: str) -> None:
        """An answer that says no."""
        if 400 <= status < 500 and status not in PASSING_STATUS:
            self.progress.refuse()
        if status in GONE:
            self.findings.failed("The publisher says that this is gone for good", "error", url=url, status=str(status))
        else:
            self.findings.failed("The publisher answered with an error", url=url, status=str(status))

    def _says(self, asked: Callable[[Page], bool], page: Page) -> bool:
        """Whether the source knows this answer as the publisher's word for something; a doubt is an error."""
        try:
            return asked(page)
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

    def _read_page(self, page: Page, root: int) -> list[Ask]:
        """Items and further requests of a good answer."""
        self.findings.count("pages")
        self.findings.count("captures")
        if not self._parsed(page, root) or self.job.is_raw:
            return []
        asks = [ask for ask in self._links(page) if key_of(ask) not in self._asked]
        if (page.label, page.capture_sha256) in self._seen and asks:
            self.findings.cut_short("A page came again under another address; its links were left", url=shown(page.url))
            return []
        self._seen.add((page.label, page.capture_sha256))
        return asks

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
            return self._bounded(self.source.follow(page, self.job.plan))
        except VardeError as trouble:
            self._page_failed("The page no longer has the shape we know", page, trouble)
        except Exception as trouble:  # noqa: BLE001  the boundary of one source
            self._page_failed("The page's links could not be read", page, trouble)
        return ()

    def _bounded(self, asks: Iterable[Ask]) -> tuple[Ask, ...]:
        """So many requests at most; where there are more, nobody could go on from here."""
        most = max(self.job.settings.max_pages, _MOST_LINKS)
        told = tuple(islice(asks, most + 1))
        if len(told) > most:
            self.progress.refuse()
            self.findings.cut_short("A page leads to more addresses than are read", most=str(most))
        return told[:most]

    def _page_failed(self, message: str, page: Page, trouble: Exception) -> None:
        """A page that was fetched and captured but not understood."""
        self.progress.refuse()
        facts = {"url": shown(page.url), "capture": page.capture_sha256, "reason": told(trouble)}
        self.findings.failed(message, "error", **facts)

    def miss(self, failure: Failure) -> None:
        """No answer. Raises CloseSpider when the disk is lost."""
        trouble, url = failure.value, shown(failure.request.cb_kwargs["ask"].url)  # type: ignore[attr-defined]
        if failure.request.meta["taken_up"] and self.progress.mark is None:  # type: ignore[attr-defined]
            return
        if isinstance(trouble, StoreLost):
            self._give_up(trouble)
        if isinstance(trouble, ComeBackLater):
            self.findings.failed("The publisher asks us to come back later", reason=str(trouble))
        elif isinstance(trouble, Blocked):
            self.progress.refuse()
            self.findings.failed("An address was refused", "error", url=url, reason=str(trouble))
        else:
            self.findings.failed("A page could not be fetched", url=url, reason=missed(trouble))

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
