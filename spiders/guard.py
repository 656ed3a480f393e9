"""Only public http(s) addresses are ever connected to, whatever a publisher, a redirect or a name server says.

Checked three times: the address as written, every answer of the resolver, and the socket's address just before
connect(2). Only the last is the guarantee; the others give better messages. aiohttp carries the bytes, since Scrapy's
own handlers either need a reactor or offer no hook before connect.
"""

import asyncio
import math
import re
import socket
import ssl
import time
from collections.abc import Iterable
from functools import cache
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import StreamReader
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from yarl import URL

from spiders.settings import job_of
from terms.address import is_public
from terms.errors import Blocked

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_MOST_INTERIM = 10


class AddressGuard:
    """Decides what may be fetched. allow_hosts: `host:port` that may be dialled although not public."""

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        self._named = frozenset(allow_hosts)
        self._allowed: set[tuple[str, int]] = set()

    def check_url(self, url: str) -> None:
        """Refuse what is not a plain http(s) address. Raises Blocked."""
        if _UNSAFE.search(url):
            raise Blocked("an address with a blank, a backslash or a control character is never fetched; mend it")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as reason:
            raise Blocked(f"an address that cannot be read is never fetched ({reason}); mend it") from None
        if parts.scheme not in {"http", "https"}:
            raise Blocked(f"scheme {parts.scheme[:20]!r} is never fetched; only http and https are")
        if not host or "@" in parts.netloc:
            raise Blocked("an address without a host, or with a user name in it, is never fetched; mend it")
        self._check_literal(host, port or (443 if parts.scheme == "https" else 80))

    def _check_literal(self, host: str, port: int) -> None:
        """Refuse a literal address early; a name is checked when it is resolved."""
        try:
            ip_address(host)
        except ValueError:
            return
        self.check_resolved(host, port, [host])

    def check_resolved(self, host: str, port: int, answers: Iterable[str]) -> None:
        """Refuse a host of which any answer is not public. Raises Blocked."""
        if f"{host}:{port}" in self._named:
            self._allowed |= {(answer, port) for answer in answers}
            return
        for answer in answers:
            self.check_socket(answer, port)

    def check_socket(self, answer: str, port: int) -> None:
        """Refuse an address that is about to be dialled. Raises Blocked."""
        if (answer, port) in self._allowed or f"{answer}:{port}" in self._named:
            return
        if not is_public(ip_address(answer.partition("%")[0])):
            raise Blocked(f"{answer} is not a public address; if it is yours, put host:port into VARDE_ALLOW_HOSTS")

    def open_socket(self, addr_info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        """A socket for one address, the hook before connect(2). Raises Blocked."""
        family, kind, protocol, _, where = addr_info
        self.check_socket(str(where[0]), int(str(where[1])))
        return socket.socket(family, kind, protocol)


class GuardedResolver(AbstractResolver):
    """The system's resolver; answers that may not be dialled are refused as a whole."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses of a host. Raises Blocked, OSError."""
        answers = await asyncio.get_running_loop().getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        self._guard.check_resolved(host, port, [str(where[0]) for *_, where in answers])
        return [
            ResolveResult(hostname=host, host=str(where[0]), port=port, family=fam, proto=proto, flags=0)
            for fam, _, proto, _, where in answers
        ]

    async def close(self) -> None:
        """Nothing is held."""


class GuardMiddleware:
    """Refuses an address, also one that a redirect leads to, before anything is asked of its host."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "GuardMiddleware":
        """As Scrapy builds it."""
        return cls(AddressGuard(job_of(crawler).settings.allow_hosts))

    def process_request(self, request: Request) -> None:
        """Raises Blocked."""
        self._guard.check_url(request.url)


class SafeRedirect(RedirectMiddleware):
    """At most five hops, http(s) only; a source's own headers follow neither to another host nor out of https."""

    def process_response(  # type: ignore[override]  # Scrapy calls it without the deprecated `spider`
        self, request: Request, response: Response
    ) -> Request | Response:
        """The next request, or the answer. Raises Blocked for a redirect out of http(s)."""
        target = urljoin(request.url, (response.headers.get("Location") or b"").decode("latin-1").strip())
        if response.status in {301, 302, 303, 307, 308} and urlsplit(target).scheme not in {"http", "https"}:
            raise Blocked(f"a redirect to scheme {urlsplit(target).scheme[:20]!r} is never followed")
        following = super().process_response(request, response)
        if isinstance(following, Request) and urlsplit(following.url)[:2] != urlsplit(request.url)[:2]:
            for name in request.meta.get("own_headers", ()):
                following.headers.pop(name, None)
        return following


class StaysSilent(DownloadTimeoutError):
    """All the time is gone that a publisher has for its first answer."""


class _Answer(aiohttp.ClientResponse):
    """An answer after at most a few interim ones (RFC 9110, 15.2), of which aiohttp would read any number."""

    async def start(self, connection: Connection) -> "_Answer":
        """Raises ClientConnectionError for a flood of 1xx."""
        protocol = connection.protocol
        read, left = protocol.read, iter(range(_MOST_INTERIM + 1))  # type: ignore[union-attr]

        async def counted() -> tuple[RawResponseMessage, StreamReader]:
            if next(left, None) is None:
                raise aiohttp.ClientConnectionError("too many interim answers")
            return await read()

        protocol.read = counted  # type: ignore[union-attr,method-assign]
        try:
            await super().start(connection)
        finally:
            protocol.read = read  # type: ignore[union-attr,method-assign]
        return self


def trusted() -> ssl.SSLContext:
    """What a certificate must stand up to; reading the system's list takes 16 ms, so the nursery does it once."""
    return _trusted(ssl.get_default_verify_paths())


@cache
def _trusted(_: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    return ssl.create_default_context()


class GuardedHandler(BaseDownloadHandler):
    """Fetches over sockets that the guard opened; limits are on the whole request and on bytes as they arrive.

    Until a publisher has given a first good answer, all its requests together have the time of one, so that a silent
    host holds its crawler no longer (P5).
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        guard = AddressGuard(job_of(crawler).settings.allow_hosts)
        self._timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._first_answer_s = self._timeout_s
        self._max_bytes = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(guard),
                socket_factory=guard.open_socket,
                ssl=trusted(),
                happy_eyeballs_delay=None,
                limit_per_host=1,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
            response_class=_Answer,
            max_line_size=32768,
            max_field_size=32768,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    async def download_request(self, request: Request) -> Response:
        """One answer. Raises Blocked, and Scrapy's exceptions for what can go wrong on the way."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(min(self._timeout_s, self._first_answer_s)):
                response = await self._fetch(request)
        except TimeoutError:
            is_silent = self._first_answer_s <= self._timeout_s
            raise (StaysSilent if is_silent else DownloadTimeoutError)("no whole answer in time") from None
        except aiohttp.ClientConnectorDNSError as reason:
            raise CannotResolveHostError(str(reason)) from reason
        except aiohttp.ClientConnectorError as reason:
            raise DownloadConnectionRefusedError(str(reason)) from reason
        except aiohttp.ClientPayloadError as reason:
            raise ResponseDataLossError(str(reason)) from reason
        except aiohttp.ClientError as reason:
            raise DownloadFailedError(str(reason)) from reason
        finally:
            self._first_answer_s -= time.monotonic() - started
        if response.status < 300 and not request.meta.get("robots"):
            self._first_answer_s = math.inf
        return response

    async def _fetch(self, request: Request) -> Response:
        """Ask and read."""
        asking = self._session.request(
            request.method,
            URL(request.url, encoded=True),
            data=request.body or None,
            headers=request.headers.to_tuple_list(),
            allow_redirects=False,
        )
        async with asking as answer:
            body = await self._read(answer)
            headers = Headers(list(answer.headers.items()))
            return Response(request.url, status=answer.status, headers=headers, body=body)

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        """The body as sent, cut off where it becomes too large."""
        body = bytearray()
        if (answer.content_length or 0) > self._max_bytes:
            raise DownloadCancelledError(f"larger than {self._max_bytes} bytes")
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > self._max_bytes:
                raise DownloadCancelledError(f"larger than {self._max_bytes} bytes")
        return bytes(body)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()
