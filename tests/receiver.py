"""A webhook's receiver on loopback, for tests: it keeps what comes, and answers or breaks as it is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """answers: a status, or what happens instead: `drop` (after the body), `stall`, `drip` (a header line, slowly)."""

    port: int = 0
    answer: int | str = 200
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/varde"

    @property
    def ids(self) -> list[str]:
        """The webhook-id of everything that came."""
        return [headers["webhook-id"] for headers, _ in self.taken]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that listens until the end."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.taken.append(({name.lower(): text for name, text in self.headers.items()}, body))
            if isinstance(made.answer, int):
                self.send_response(made.answer)
                self.send_header("location", f"{made.url}/elsewhere")
                self.end_headers()
            elif made.answer == "drop":
                self.connection.shutdown(socket.SHUT_RDWR)
            elif made.answer == "stall":
                made.stopping.wait(30)
            elif made.answer == "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
                with suppress(OSError):  # until the other side has had enough
                    while not made.stopping.wait(0.05):
                        self.wfile.write(b"x")

        def log_message(self, form: str, *arguments: object) -> None:
            """Not said."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        made.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        made.stopping.set()
        server.shutdown()
