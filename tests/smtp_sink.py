"""A scripted SMTP server on loopback: the ground truth of what was delivered (RELIABILITY P3).

It keeps each mail that it takes as a synced .eml file, writes the log lines that Postfix would write before it answers
the final dot, and breaks at the point that its fault names. In a thread, `with Sink(out, log) as sink: sink.port`; as
a process, `python -m tests.smtp_sink --port 0 --out DIR --log FILE [--fault NAME]`, which prints its port.
"""

import argparse
import contextlib
import itertools
import os
import re
import socket
import ssl
import struct
import threading
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Self

# fault: (where it strikes, what is answered there)
ANSWERS = {
    "greeting_421": ("greeting", "421 4.3.2 Too busy"),
    "greeting_554": ("greeting", "554 5.3.2 No service"),
    "bad_banner": ("greeting", "HTTP/1.1 400 Bad Request"),
    "mail_451": ("MAIL", "451 4.3.0 Try later"),
    "mail_550": ("MAIL", "550 5.7.1 <sender@varde.example> is not welcome"),
    "rcpt_450": ("RCPT", "450 4.2.0 Greylisted"),
    "rcpt_550": ("RCPT", "550 5.1.1 <ola@nordlys.example>: no such user"),
    "data_451": ("DATA", "451 4.3.0 Try later"),
    "data_554": ("DATA", "554 5.5.1 No valid recipients"),
    "dot_451": ("dot", "451 4.3.0 Queue file write error"),
    "dot_554": ("dot", "554 5.7.1 Spam message rejected"),
    "starttls_454": ("STARTTLS", "454 4.7.0 TLS not available"),
    "starttls_554": ("STARTTLS", "554 5.7.0 TLS not available"),
    "auth_454": ("AUTH", "454 4.7.0 Temporary authentication failure"),
    "auth_535": ("AUTH", "535 5.7.8 Authentication failed"),
}
# fault: (whether the mail is taken first, how the connection ends)
BREAKS = {
    "drop_before_accept": (False, "drop"),
    "drop_after_accept": (True, "drop"),
    "rst_before_accept": (False, "rst"),
    "rst_after_accept": (True, "rst"),
    "stall_before_accept": (False, "stall"),
    "stall_after_accept": (True, "stall"),
    "garbage_after_accept": (True, "garbage"),
    "long_line_after_accept": (True, "long line"),
}
FAULTS = (*ANSWERS, *BREAKS, "refuse_connection", "drop_greeting", "drop_at_mail", "drop_in_body", "no_starttls")


class _Gone(Exception):
    """The client hung up, or we do."""


@dataclass(frozen=True)
class Taken:
    """A mail that was taken: envelope and exact bytes, dots unstuffed."""

    sender: str
    recipients: tuple[str, ...]
    body: bytes
    path: Path


@dataclass
class Sink:
    """The server. fault may be changed between connections; context: offers STARTTLS with this certificate."""

    out: Path
    log: Path
    fault: str | None = None
    port: int = 0
    context: ssl.SSLContext | None = None
    is_wrapped: bool = False
    taken: list[Taken] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        self.stopping = threading.Event()
        self.decided = threading.Event()  # a mail was taken for good, or will never be
        self._lock = threading.Lock()
        self._number = itertools.count(len(list(self.out.glob("*.eml"))) + 1)
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self.note("postfix-script", "starting the Postfix mail system")
        if self.fault == "refuse_connection":
            self._listener.close()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # closing alone does not wake a thread that waits in accept
        self._listener.close()

    def serve(self) -> None:
        """Answer connections, each in a thread, until the sink is closed."""
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=_Session(self, connection, self.fault or "").run, daemon=True).start()

    def note(self, daemon: str, message: str) -> None:
        """Append one line in Postfix's syslog format and sync it."""
        line = f"{datetime.now().astimezone().isoformat()} relay postfix/{daemon}[{os.getpid()}]: {message}\n"
        with self._lock, self.log.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def queue_id(self) -> str:
        """A queue id as Postfix's short ones look."""
        return f"{next(self._number):04X}C0FFEE"

    def keep(self, queue: str, sender: str, recipients: tuple[str, ...], body: bytes) -> None:
        """Store a mail for good, then say so in the log: from here on it is delivered."""
        path = self.out / f"{queue}.eml"
        draft = path.with_suffix(".tmp")
        with draft.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        self.taken.append(Taken(sender, recipients, body, path))
        self.note("qmgr", f"{queue}: from=<{sender}>, size={len(body)}, nrcpt={len(recipients)} (queue active)")


class _Session:
    """One connection."""

    def __init__(self, sink: Sink, connection: socket.socket, fault: str) -> None:
        self.sink, self.connection, self.fault = sink, connection, fault
        self.buffer, self.sender, self.recipients = b"", "", []  # type: bytes, str, list[str]
        self.queue = sink.queue_id()

    def run(self) -> None:
        """The whole conversation; a client that hangs up ends it."""
        try:
            if self.sink.is_wrapped:
                self._wrap()
            self._greet()
            while self._obey(self._line()):
                pass
        except (_Gone, OSError):
            self.sink.note("smtpd", "lost connection from localhost[127.0.0.1]")
        finally:
            self.connection.close()

    def _greet(self) -> None:
        self.sink.note("smtpd", "connect from localhost[127.0.0.1]")
        if self.fault == "drop_greeting":
            raise _Gone
        if not self._strikes("greeting"):
            self._say("220 sink.example ESMTP")
        elif self.fault != "bad_banner":
            raise _Gone

    def _obey(self, line: bytes) -> bool:
        """Answer one command; False after QUIT."""
        self.sink.said.append(line.decode("ascii", "replace"))
        verb = line.split(b" ")[0].split(b":")[0].upper().decode("ascii", "replace")
        if self.fault == f"drop_at_{verb.lower()}":
            raise _Gone
        if self._strikes(verb):
            return True
        answer = getattr(self, f"_{verb.lower()}", None)
        if answer is None:
            self._say("502 5.5.2 Not known here")
            return True
        answer(line)
        return verb != "QUIT"

    def _ehlo(self, line: bytes) -> None:
        offers = ["sink.example", "AUTH PLAIN"]
        is_clear = not isinstance(self.connection, ssl.SSLSocket)
        if self.sink.context and is_clear and self.fault != "no_starttls":
            offers.append("STARTTLS")
        for offer in offers[:-1]:
            self._say(f"250-{offer}")
        self._say(f"250 {offers[-1]}")

    def _starttls(self, line: bytes) -> None:
        self._say("220 2.0.0 Ready")
        self._wrap()

    def _wrap(self) -> None:
        assert self.sink.context is not None, "a sink without a certificate cannot speak TLS"
        self.connection = self.sink.context.wrap_socket(self.connection, server_side=True)
        self.buffer = b""

    def _auth(self, line: bytes) -> None:
        self._say("235 2.7.0 Authenticated")

    def _mail(self, line: bytes) -> None:
        self.sender = _address(line)
        self._say("250 2.1.0 Ok")

    def _rcpt(self, line: bytes) -> None:
        self.recipients.append(_address(line))
        self._say("250 2.1.5 Ok")

    def _rset(self, line: bytes) -> None:
        self.recipients = []
        self._say("250 2.0.0 Ok")

    def _quit(self, line: bytes) -> None:
        self._say("221 2.0.0 Bye")

    def _data(self, line: bytes) -> None:
        self._say("354 End data with <CR><LF>.<CR><LF>")
        if self.fault == "drop_in_body":
            self._raw_line()
            raise _Gone
        body = self._body()
        message_id = BytesHeaderParser().parsebytes(body)["Message-ID"] or ""
        self.sink.note("smtpd", f"{self.queue}: client=localhost[127.0.0.1]")
        self.sink.note("cleanup", f"{self.queue}: message-id={message_id}")
        self._judge(body)

    def _judge(self, body: bytes) -> None:
        """Take the mail or not, and break where the fault says so."""
        if self._strikes("dot"):
            self.sink.note("cleanup", f"{self.queue}: reject: END-OF-MESSAGE from localhost[127.0.0.1]")
            return
        takes, end = BREAKS.get(self.fault, (True, ""))
        if takes:
            self.sink.keep(self.queue, self.sender, tuple(self.recipients), body)
        self.sink.decided.set()
        if end:
            self._break(end)
        self._say(f"250 2.0.0 Ok: queued as {self.queue}")
        self.queue = self.sink.queue_id()

    def _break(self, end: str) -> None:
        """drop: FIN. rst: RST. stall: silence. garbage, long line: what is no answer."""
        if end == "rst":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif end == "stall":
            self.sink.stopping.wait(600)
        elif end == "garbage":
            self._say("\x00\xff what?")
        elif end == "long line":
            self._say("250 " + "x" * 20_000)
        raise _Gone

    def _strikes(self, point: str) -> bool:
        """Say what the fault says, if it strikes here."""
        where, answer = ANSWERS.get(self.fault, ("", ""))
        if where == point:
            self._say(answer)
        return where == point

    def _say(self, answer: str) -> None:
        self.connection.sendall(answer.encode("latin-1") + b"\r\n")

    def _line(self) -> bytes:
        return self._raw_line().rstrip(b"\r\n")

    def _raw_line(self) -> bytes:
        while b"\n" not in self.buffer:
            more = self.connection.recv(65536)
            if not more:
                raise _Gone
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def _body(self) -> bytes:
        """Up to CRLF dot CRLF and nothing else (RFC 5321 4.1.1.4), leading dots unstuffed."""
        lines: list[bytes] = []
        while True:
            line = self._raw_line()
            opens = not lines or lines[-1].endswith(b"\r\n")
            if opens and line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if opens and line.startswith(b".") else line)


def _address(line: bytes) -> str:
    found = re.search(rb"<([^>]*)>", line)
    return found[1].decode("ascii", "replace") if found else ""


def main() -> None:
    """Serve until killed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--log", type=Path, required=True)
    arguments.add_argument("--fault", choices=FAULTS)
    given = arguments.parse_args()
    sink = Sink(given.out, given.log, given.fault, given.port)
    print(sink.port, flush=True)
    sink.serve()
    threading.Event().wait()


if __name__ == "__main__":
    main()
