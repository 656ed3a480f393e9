"""Around the whole desk, as plain ASGI: our host name only, a limit on bodies, and the headers that browsers obey."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1_000_000  # octets
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer browsers send our own forms with `Origin: null`
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class TooMuch(Exception):
    """A body went on beyond what we read; errors.py answers 413."""


class Shield:
    """Wraps the application. A route may state a header itself; what it leaves out is set here."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._is_secure = base_url.startswith("https://")
        self._hosts = _hosts(urlsplit(base_url).netloc)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._hosts:
            await PlainTextResponse("this desk has another address", 400)(scope, receive, self._sealed(send))
        elif not headers.get("content-length", "0").isdigit() or int(headers.get("content-length", "0")) > LARGEST_BODY:
            await PlainTextResponse("too much at once", 413)(scope, receive, self._sealed(send))
        else:
            await self._guarded(scope, receive, self._sealed(send))

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST_BODY:
                raise TooMuch
            return message

        await self._app(scope, limited, send)

    def _sealed(self, send: Send) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, text in HEADERS.items():
                    headers.setdefault(name, text)
                if self._is_secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
            await send(message)

        return with_headers


def _hosts(netloc: str) -> frozenset[str]:
    """The Host headers that are ours; this machine goes by two names."""
    name, _, port = netloc.partition(":")
    if name in ("127.0.0.1", "localhost"):
        return frozenset(f"{other}:{port}" if port else other for other in ("127.0.0.1", "localhost"))
    return frozenset({netloc})
