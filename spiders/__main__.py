"""`python -m spiders`: the nursery. It imports everything once, then forks a child for each request on its door.

A request is one packet on standard input, a socket: the name of the work and five open files: the line to the starter,
the door itself for children that start others, and the child's standard files.
"""

import fcntl
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from spiders import crawlchild, feedchild
from spiders.catalogue import all_sources
from spiders.nursery import NUMBER
from terms.errors import VardeError

_WORK: dict[str, Callable[[], int]] = {"crawl": crawlchild.main, "feeds": feedchild.main}
_FILES = 5
_OUT_OF_THE_WAY = 64
_SHORT_S, _GIVES_WAY = 0.1, 10
"""After so much processor time a child lets shorter ones go first: one hostile answer must not hold up the healthy."""
_LATE = (
    "spiders.spider",
    "spiders.record",
    "scrapy.core.downloader",
    "scrapy.core.scheduler",
    "scrapy.core.scraper",
    "scrapy.squeues",
    "scrapy.pqueues",
    "scrapy.dupefilters",
)
"""What a crawl imports by itself, or Scrapy by name."""


def main() -> int:
    """Serve until the door is closed from outside and every child has ended."""
    _load()
    door = socket.socket(fileno=0)
    _Nest(door).serve()
    return 0


def _load() -> None:
    """Import what children need; a source that cannot be imported is the trouble of the child that asks for it."""
    with suppress(VardeError, ImportError, SyntaxError, NameError, AttributeError):
        all_sources()
    for name in _LATE:
        importlib.import_module(name)
    crawlchild.load()
    feedchild.load()
    if threading.active_count() > 1:
        raise RuntimeError("something that the nursery imports starts a thread; a fork would lose it")
    gc.collect()
    gc.freeze()  # what never changes stays shared between the children


class _Nest:
    """The children that live, each with its line."""

    def __init__(self, door: socket.socket) -> None:
        self._door = door
        self._lines: dict[int, socket.socket] = {}
        self._ended, told = socket.socketpair()
        told.setblocking(False)
        self._told = told
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        self._watch = selectors.DefaultSelector()
        for place in (door, self._ended):
            self._watch.register(place, selectors.EVENT_READ)

    def serve(self) -> None:
        """Fork, bury, and kill what nobody waits for any more."""
        is_open = True
        while is_open:
            for key, _ in self._watch.select():
                if key.fileobj is self._door:
                    is_open = self._answer()
                elif key.fileobj is self._ended:
                    self._ended.recv(4096)
                    self._bury()
                elif key.data in self._lines:
                    self._forsake(key.data)
        for pid in self._lines:
            _kill(pid)

    def _answer(self) -> bool:
        """Fork the child that is asked for; False where nobody can ask any more."""
        work, files, _, _ = socket.recv_fds(self._door, 64, _FILES)
        if len(files) < _FILES:
            return False
        line = socket.socket(fileno=files[0])
        pid = os.fork()
        if pid == 0:
            self._live(_WORK[work.decode()], files[1:])
        os.setpgid(pid, pid)
        for number in files[1:]:
            os.close(number)
        self._lines[pid] = line
        self._watch.register(line, selectors.EVENT_READ, pid)
        with suppress(OSError):
            line.sendall(NUMBER.pack(pid))
        return True

    def _live(self, work: Callable[[], int], files: list[int]) -> NoReturn:
        """In the child: its own files and nothing else, then its work. Never returns, so that no socket is closed."""
        code = 1
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            door, *standard = [fcntl.fcntl(number, fcntl.F_DUPFD, _OUT_OF_THE_WAY) for number in files]
            for place, number in enumerate((*standard, door)):
                os.dup2(number, place)
            os.closerange(4, os.sysconf("SC_OPEN_MAX"))
            signal.signal(signal.SIGVTALRM, lambda *_: os.nice(_GIVES_WAY))
            signal.setitimer(signal.ITIMER_VIRTUAL, _SHORT_S)
            code = work()
        finally:
            if sys.exc_info()[0]:
                traceback.print_exc()  # the child's last word
            sys.stderr.flush()
            os._exit(code)

    def _forsake(self, pid: int) -> None:
        """The starter closed its end: kill the child, whose code is still told when it has ended."""
        self._watch.unregister(self._lines[pid])
        _kill(pid)

    def _bury(self) -> None:
        """Tell the codes of those that ended. A group is killed while its leader's number cannot be anybody else's."""
        while self._lines:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None:
                return
            _kill(found.si_pid)
            code = os.waitstatus_to_exitcode(os.waitpid(found.si_pid, 0)[1])
            with self._lines.pop(found.si_pid) as line:
                with suppress(KeyError):
                    self._watch.unregister(line)
                with suppress(OSError):
                    line.sendall(NUMBER.pack(code))


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
