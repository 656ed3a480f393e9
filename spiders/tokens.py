"""The token of a crawl that outlasts one: what was refused for a lapsed token waits for the next log-in."""

from collections.abc import Callable, Iterable

from scrapy import Request
from scrapy.crawler import Crawler

from spiders.page import Ask, Page, Plan
from spiders.source import Source

_NUMBER = "token_number"
Asked = tuple[Ask, int]
"""A request and the number of the first request that it descends from."""


class Tokens:
    """The header lines of the newest log-in after the first, and what waits for them."""

    def __init__(self, source: Source, plan: Plan) -> None:
        self._source, self._plan = source, plan
        self._lines: dict[str, str] = {}
        self._number = 0
        self._waiting: list[Asked] = []
        self._has_served = False

    def put_on(self, request: Request) -> None:
        """Replace lines of an older token, also in requests that were made long before they are sent."""
        for name, text in self._lines.items():
            if name in request.headers and not request.meta.get("is_secret"):
                request.headers[name] = text
        request.meta[_NUMBER] = self._number

    def renewal(self, asked: Asked, page: Page, number: int, says: Callable[..., bool]) -> list[Asked] | None:
        """What to ask where a token lapsed; None where the answer says something else, or a new token never served.

        number: of the token that was sent. says: asks the source, and is told where it breaks.
        """
        if not asked[0].is_secret and 200 <= page.status < 300:
            self._has_served |= number == self._number
        if asked[0].is_secret or 200 <= page.status < 400 or not says(self._source.is_lapsed, page):
            return None
        if number < self._number:
            return [asked]
        if self._number and not self._has_served:
            return None
        self._waiting.append(asked)
        return self._log_ins() if len(self._waiting) == 1 else []

    def _log_ins(self) -> list[Asked]:
        return [(ask, root) for root, ask in enumerate(self._source.start(self._plan)) if ask.is_secret]

    def renewed(self, page: Page) -> Iterable[Asked]:
        """What waited for this log-in; nothing after the first."""
        if self._waiting:
            self._lines, self._number = dict(self._source.token_lines(page)), self._number + 1
            self._has_served = False
        waiting, self._waiting = self._waiting, []
        return waiting


class TokenMiddleware:
    """Puts the newest token on each request that carries one, right before it is sent."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "TokenMiddleware":
        """As Scrapy builds it."""
        tokens = getattr(crawler.spider, "tokens", None)
        if not isinstance(tokens, Tokens):
            raise TypeError("our middlewares serve only spiders.spider.SourceSpider")
        return cls(tokens)

    def process_request(self, request: Request) -> None:
        """Never stops one."""
        self._tokens.put_on(request)


def number_of(request: Request | None) -> int:
    """The number of the token that a request was sent with, 0 for that of the first log-in."""
    return int(request.meta.get(_NUMBER, 0)) if request else 0
