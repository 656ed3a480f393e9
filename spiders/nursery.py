"""A process that has imported everything, alone and without threads, and forks a child for each crawl or feed reader.

Starting Python and importing Scrapy takes a second of processor time for each source; a fork takes milliseconds. This
is the starter's side: `python -m spiders` is the other. A starter hands over three files and one end of a line. On the
line the nursery tells the child's id, and at its end its exit code; when the starter closes the line, or dies, the
nursery kills the child with everything it started. Nothing of a starter is inherited: no memory, no file, no secret.
"""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal

from terms.errors import VardeError

Work = Literal["crawl", "feeds"]
NUMBER = struct.Struct(">i")
LOST = -9
"""What the exit code counts as where the nursery itself was killed: its children go with it."""
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "TMPDIR",
)


class Child:
    """A process that the nursery forked, as its starter sees it. Raises VardeError where there was none to fork it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._code: int | None = None
        pid = self._number(None)
        if pid is None:
            line.close()
            raise VardeError("the process that starts crawlers ended before it started this one; crawl again")
        self.pid = pid

    def wait(self, timeout_s: float | None = None) -> int:
        """The exit code, negative for a signal. Raises TimeoutError where it still runs after so many seconds."""
        if self._code is None:
            code = self._number(timeout_s)
            self._code = LOST if code is None else code
            self._line.close()
        return self._code

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        try:
            return self.wait(0)
        except (TimeoutError, BlockingIOError):
            return None

    def kill(self) -> None:
        """Have it killed, with everything it started."""
        if self._code is None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_WR)

    def _number(self, timeout_s: float | None) -> int | None:
        """The next number on the line, or None where the nursery has gone."""
        self._line.settimeout(timeout_s)
        with suppress(ConnectionError):
            told = self._line.recv(NUMBER.size)
            if len(told) == NUMBER.size:
                return int(NUMBER.unpack(told)[0])
        return None


class Nursery:
    """The nursery of this process, as a context: started by its first user, ended by its last."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._users = 0
        self._door: socket.socket | None = None
        self._running: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    def __enter__(self) -> "Nursery":
        with self._lock:
            self._users += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._end()

    def adopt(self, door: int) -> None:
        """In a forked child: use the nursery it came from. door: number of an open file."""
        self._door, self._users = socket.socket(fileno=door), 1

    def child(self, work: Work, stdin: int, stdout: int, stderr: int) -> Child:
        """Fork a child that does this work, with these open files. Raises VardeError where none can be started."""
        ours, theirs = socket.socketpair()
        with theirs:
            door = self._opened()
            try:
                files = [theirs.fileno(), door.fileno(), stdin, stdout, stderr]
                socket.send_fds(door, [work.encode()], files)
            except OSError as trouble:
                ours.close()
                raise VardeError(f"no crawler could be started: {self._last_words() or trouble}") from trouble
        return Child(ours)

    def _opened(self) -> socket.socket:
        """The way to the nursery; started where there is none yet, or where it died."""
        with self._lock:
            if self._running is not None and self._running.poll() is not None:
                self._end()
            if self._door is None:
                self._door = self._start()
            return self._door

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the nursery
        with theirs:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "spiders"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                cwd=Path(__file__).resolve().parents[1],
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                start_new_session=True,
            )
        return ours

    def _end(self) -> None:
        """Close the door, upon which it kills what is left and ends."""
        if self._door is not None:
            self._door.close()
        if self._running is not None:
            self._running.wait()
        if self._said is not None:
            self._said.close()
        self._door = self._running = self._said = None

    def _last_words(self) -> str:
        if self._said is None:
            return ""
        self._said.seek(0)
        return (self._said.read().decode("utf-8", "replace").strip().splitlines() or [""])[-1][:300]


NURSERY = Nursery()


def sent(pipe: int, message: bytes) -> bool:
    """Write a message to a child whole; False where it has gone. pipe: number of an open file."""
    left = memoryview(message)
    try:
        while left:
            left = left[os.write(pipe, left) :]
    except BrokenPipeError:
        return False
    return True
