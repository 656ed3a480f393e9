"""A publisher on 127.0.0.1 for tests, healthy or hostile: each path answers what the test says, and asks are logged."""

import json
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from spiders.page import Ask, Note, Page, Plan
from spiders.settings import CrawlSettings
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """One answer. is_cut: the connection closes before the promised end. pieces: sent one by one, with `pause`.

    raw: all that goes over the wire, from the status line on, piece by piece with `pause`; then the connection closes.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False
    pieces: Iterable[bytes] | None = None
    pause: Callable[[], None] = lambda: None
    raw: Iterable[bytes] | None = None


@dataclass(frozen=True)
class Asked:
    """One request as the origin saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Origin:
    """Replies by path, one after the other; the last one for ever. Unknown paths answer 404."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._replies: dict[str, list[Reply]] = {}
        self.port = 0

    def on(self, path: str, *replies: Reply) -> None:
        """Answer a path (with its query)."""
        self._replies[path] = list(replies)

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [asked.path for asked in self.asked]

    def reply(self, asked: Asked) -> Reply:
        """The next answer."""
        self.asked.append(asked)
        waiting = self._replies.get(asked.path, [Reply(status=404)])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Origin]:
    """An origin while the block runs. context: speak TLS with it."""
    origin = Origin()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): text for name, text in self.headers.items()}
            self._send(origin.reply(Asked(self.command, self.path, headers, self.rfile.read(length))))

        do_GET = do_POST = _answer  # noqa: N815  the names that the base class looks for

        def _send_raw(self, pieces: Iterable[bytes], pause: Callable[[], None]) -> None:
            self.close_connection = True
            with suppress(OSError):
                for piece in pieces:
                    self.wfile.write(piece)
                    pause()

        def _send(self, reply: Reply) -> None:
            if reply.raw is not None:
                self._send_raw(reply.raw, reply.pause)
                return
            self.send_response(reply.status)
            for name, text in reply.headers.items():
                self.send_header(name, text)
            if "Content-Length" not in reply.headers and reply.status != 304:
                size = len(reply.body) if reply.pieces is None else 10**6
                self.send_header("Content-Length", str(size + (100 if reply.is_cut else 0)))
            self.end_headers()
            with suppress(OSError):
                for piece in reply.pieces if reply.pieces is not None else (reply.body,):
                    self.wfile.write(piece)
                    self.wfile.flush()
                    reply.pause()
            self.close_connection = self.close_connection or reply.is_cut or reply.pieces is not None

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that the base class gives it
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    origin.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield origin
    finally:
        server.shutdown()
        server.server_close()


class Notices(Source):
    """An invented JSON source: `{"items": [{"id", "title"}], "next": address, "total": n, "stamp": cursor}`."""

    title = "Notices"
    publisher = "Nobody"
    home = "https://notices.example/"
    licence = "CC0"
    terms = "https://notices.example/terms"
    attribution = "Notices"
    kind = "call"
    every = 24
    expect = (1, 1000)
    rate = 0.001

    def __init__(self, *urls: str) -> None:
        self.urls = urls

    def start(self, plan: Plan) -> Iterable[Ask]:
        return [Ask(url) for url in self.urls]

    def _fields(self, page: Page) -> dict[str, object]:
        try:
            fields = json.loads(page.body)
        except ValueError:
            raise SourceChanged(f"{page.url} is not JSON") from None
        if not isinstance(fields, dict):
            raise SourceChanged(f"{page.url} is not an object")
        return fields

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        following = self._fields(page).get("next")
        return [Ask(following)] if isinstance(following, str) else []

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        rows = self._fields(page)["items"]
        assert isinstance(rows, list)
        for row in rows:
            yield Item(
                source=self.name,
                source_id=row["id"],
                kind="call",
                title=row["title"],
                text="",
                url=f"https://notices.example/{row['id']}",
                capture_sha256=page.capture_sha256,
            )

    def total(self, page: Page) -> int | None:
        total = self._fields(page).get("total")
        return total if isinstance(total, int) else None

    def cursor(self, page: Page) -> str | None:
        stamp = self._fields(page).get("stamp")
        return stamp if isinstance(stamp, str) else None


Notices.name = "notices"


def notices(*ids: str, **fields: object) -> bytes:
    """A page of the invented source."""
    return json.dumps({"items": [{"id": i, "title": f"Notice {i}"} for i in ids], **fields}).encode()


def settings_for(origin: Origin | None = None, **changed: object) -> CrawlSettings:
    """Settings of a test: one origin let through, short waits."""
    fixed: dict[str, object] = {
        "contact": "https://varde.example/",
        "allow_hosts": (f"127.0.0.1:{origin.port}",) if origin else (),
        "retries": 0,
        "retry_wait_s": 0.0,
        "request_timeout_s": 5.0,
    }
    return CrawlSettings.model_validate(fixed | changed)


def plan_since(since: str | None = None) -> Plan:
    """A plan of the tests' Monday."""
    return Plan(now=NOW, since=since)


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}
