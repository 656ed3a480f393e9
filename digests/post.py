"""One signed POST to an address that a company named: https only, public addresses only, no redirect, one deadline.

The address is resolved once, every answer is checked, and what was checked is what is dialled: a name that changes its
mind in between changes nothing (RELIABILITY P4). No proxy of the environment is asked, and no body is read.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from digests.links import safe_link
from terms.address import is_public
from terms.errors import Blocked, SettingMissing
from terms.webhook import Answered

SECONDS = 15.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_GONE = 410
_PORTS = {"https": 443, "http": 80}


def checked_url(url: str, allowed: Sequence[str] = ()) -> SplitResult:
    """The parts of an address that may be posted to. allowed: `host:port` on this machine, for trying out.

    Raises SettingMissing for what is no https address; http only to a loopback host that is allowed by name.
    """
    parts = urlsplit(url) if safe_link(url) and url.isascii() else None
    is_plain = parts is not None and "@" not in parts.netloc and not parts.fragment and parts.hostname
    if not is_plain or parts is None or (parts.scheme != "https" and not _is_trial(parts, allowed)):
        raise SettingMissing(f"{url[:200]!r} is no plain https address such as https://company.example/varde")
    return parts


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allowed: Sequence[str] = (), seconds: float = SECONDS
) -> Answered:
    """Post once. seconds: for the whole conversation, whatever the receiver does with the time.

    sent: 2xx. gone: 410. refused: any other answer, also a redirect. temporary: the post did not leave. unknown: it
    left, and no answer came. Raises Blocked where the address is not public.
    """
    parts = checked_url(url, allowed)
    left, ends = False, time.monotonic() + seconds
    try:
        with _connection(parts, allowed, seconds) as server:
            server.putrequest("POST", parts.path + (f"?{parts.query}" if parts.query else "") or "/")
            for name, text in headers.items():
                server.putheader(name, text)
            server.putheader("content-length", str(len(body)))
            left = True
            server.endheaders(body)
            status = server.getresponse().status
            if time.monotonic() >= ends:
                raise TimeoutError("cut off in the midst of the answer")
    except (OSError, http.client.HTTPException) as trouble:
        said = str(trouble)[:120] or "no answer in time"
        return Answered(state="unknown" if left else "temporary", detail=f"{type(trouble).__name__}: {said}")
    return Answered(state=_meaning(status), detail=f"answered {status}")


def _meaning(status: int) -> str:
    return "sent" if 200 <= status <= 299 else "gone" if status == _GONE else "refused"


def _is_trial(parts: SplitResult, allowed: Sequence[str]) -> bool:
    return parts.hostname in _LOOPBACK and f"{parts.hostname}:{_port(parts)}" in allowed


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


@contextlib.contextmanager
def _connection(parts: SplitResult, allowed: Sequence[str], seconds: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to a checked address that is cut when the time is over. Raises Blocked, OSError."""
    host, port = str(parts.hostname), _port(parts)
    with contextlib.ExitStack() as stack:
        dialled = stack.enter_context(_dialled(host, port, f"{host}:{port}" in allowed, seconds))
        # a socket of its own for the clock: a TLS socket must not be touched by two threads
        cut = stack.enter_context(dialled.dup())
        clock = threading.Timer(seconds, _cut, [cut])
        clock.daemon = True
        clock.start()
        stack.callback(clock.cancel)
        server: http.client.HTTPConnection = http.client.HTTPConnection(host, port)
        if parts.scheme == "https":
            context = ssl.create_default_context()
            dialled = stack.enter_context(context.wrap_socket(dialled, server_hostname=host))
            server = http.client.HTTPSConnection(host, port, context=context)
        server.sock = dialled
        yield server


def _dialled(host: str, port: int, is_allowed: bool, seconds: float) -> socket.socket:
    """A socket to the first answer that listens. Raises Blocked where any answer is not public; OSError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, where in answers:
        if not is_allowed and not is_public(ip_address(str(where[0]).partition("%")[0])):
            raise Blocked(f"{host} leads to {where[0]}, which is no public address; nothing is posted there")
    lost: OSError = OSError("no address")
    for *_, where in answers:
        try:
            return socket.create_connection((str(where[0]), port), timeout=seconds)
        except OSError as trouble:
            lost = trouble
    raise lost


def _cut(dialled: socket.socket) -> None:
    with contextlib.suppress(OSError):
        dialled.shutdown(socket.SHUT_RDWR)
