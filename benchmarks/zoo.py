"""Sixty hostile publishers and some healthy feeds on 127.0.0.1 (RELIABILITY P5, A-24)."""

import gzip
import hashlib
import socket
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

HEALTHY, HOSTILE = 20, 60
_PIECE = bytes(2**26)
_ENTRY = """
- name: {name}
  title: {name}
  url: http://127.0.0.1:{port}/{name}
  publisher: Nobody
  home: https://{name}.example/
  licence: CC0
  terms: https://{name}.example/terms
  attribution: Nobody
  every: 24
  expect: [0, 50]
  rate: 0.001
  kind: publication
"""


def feed(name: str, items: int = 20) -> bytes:
    """A healthy feed."""
    rows = "".join(
        f"<item><title>{name} number {n}</title><link>https://{name}.example/{n}</link>"
        f"<description>About grippers, {n}</description></item>"
        for n in range(items)
    )
    return f'<rss version="2.0"><channel><title>{name}</title>{rows}</channel></rss>'.encode()


def _whole(body: bytes, *headers: str, status: str = "200 OK") -> list[bytes]:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers))
    return [head.encode() + b"Connection: close\r\n\r\n", body]


def _endless(head: bytes, piece: bytes) -> Iterator[bytes]:
    yield head
    while True:
        yield piece


class Zoo:
    """Answers by name: `ANY-healthy-N`, or one of the hostile kinds, `ANY-hostile-N`."""

    def __init__(self) -> None:
        self.port = 0
        self.over = threading.Event()
        attributes = b"<rss><channel><item>&nbsp;" + b"<category>x</category>" * 40_000
        self._kinds: list[list[bytes]] = [
            _whole(gzip.compress(_PIECE) * 32, "Content-Encoding: gzip"),
            _whole(zlib.compress(_PIECE), "Content-Encoding: deflate"),
            _whole(b"x" * 20_000_000),
            [b"HTTP/1.1 200 OK\r\n", *[b"X-Flood: yes\r\n" * 1_000] * 50],
            [b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000],
            _whole(b"", "Location: http://10.0.0.1/", status="302 Found"),
            _whole(b"", "Location: /x-hostile-6", status="302 Found"),
            _whole(b"<html><form action=/login></form></html>", "Content-Type: text/html"),
            _whole(attributes),
            _whole(b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><rss>' + b"&a;" * 50_000 + b"</rss>"),
            _whole(b"", "Retry-After: 99999", status="503 Busy"),
            [b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<rss>"],
            _whole(b"\x00" * 10_000),
            _whole(b"", status="500 Broken"),
            [b""],
        ]

    def answer(self, name: str) -> Iterator[bytes]:
        """What goes over the wire, piece by piece; a slow kind waits between pieces until the zoo closes."""
        _, kind, number = (*name.split("-"), "", "")[:3]
        if kind == "healthy":
            yield from _whole(feed(name))
        elif kind != "hostile":
            yield from _whole(b"", status="404 Not Found")
        elif int(number) % 20 < len(self._kinds):
            yield from self._kinds[int(number) % 20]
        else:
            yield from self._slow(int(number) % 20 - len(self._kinds))

    def _slow(self, which: int) -> Iterator[bytes]:
        """Silence, drops of a body, drops of headers, of interim answers, of blanks."""
        head = b"HTTP/1.1 200 OK\r\n"
        starts = (b"", head + b"Content-Length: 99999\r\n\r\n", head, b"", head + b"\r\n")
        drops = (b"", b"x", b"X: y\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n", b" ")
        for piece in _endless(starts[which], drops[which]):
            yield piece
            if self.over.wait(0.5):
                return

    def feeds(self, names: Iterable[str]) -> str:
        """The list of feeds."""
        return "".join(_ENTRY.format(name=name, port=self.port) for name in names)


def named(healthy: int = HEALTHY, hostile: int = HOSTILE, order: str = "mixed") -> list[str]:
    """Names of so many sources; names alone should decide nothing. order: `mixed`, or `hostile first`."""
    told = [f"hostile-{n}" for n in range(hostile)] + [f"healthy-{n}" for n in range(healthy)]
    mixed = {one: hashlib.sha256(one.encode()).hexdigest()[:6] for one in told}
    first = {one: ("a" if one.startswith("hostile") else "b") if order == "hostile first" else "a" for one in told}
    return sorted(f"{first[one]}{mixed[one]}-{one}" for one in told)


@contextmanager
def open_zoo() -> Iterator[Zoo]:
    """The zoo while the block runs."""
    zoo = Zoo()
    with socket.create_server(("127.0.0.1", 0), backlog=200) as door:
        zoo.port = door.getsockname()[1]
        threading.Thread(target=_keep, args=(zoo, door), daemon=True).start()
        try:
            yield zoo
        finally:
            zoo.over.set()


def _keep(zoo: Zoo, door: socket.socket) -> None:
    with suppress(OSError):
        while True:
            visitor, _ = door.accept()
            threading.Thread(target=_serve, args=(zoo, visitor), daemon=True).start()


def _serve(zoo: Zoo, visitor: socket.socket) -> None:
    with visitor, suppress(OSError):
        asked = visitor.recv(65_536).split(b" ")
        for piece in zoo.answer(asked[1].decode("latin-1").lstrip("/") if len(asked) > 1 else ""):
            visitor.sendall(piece)
