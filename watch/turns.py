"""Turns of crawls: so many start at once, and one that takes long lets another start in its place (RELIABILITY P5)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

LONG_S = 1.0  # guess: a quick publisher is done by then; a silent one holds up nobody any longer
MOST = 96  # crawls at once however many take long: at 20 MB each while they wait


class Turns:
    """crawlers: how many start at once. `most` is what a pool of threads for them must hold."""

    def __init__(self, crawlers: int, long_s: float = LONG_S) -> None:
        self.most = max(crawlers, min(3 * crawlers, MOST))
        self._free = threading.Semaphore(crawlers)
        self._long_s = long_s

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn; it is given back at the end, or after long_s, whichever comes first, and once."""
        self._free.acquire()
        held = [True]
        timer = threading.Timer(self._long_s, self._give_back, (held,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._give_back(held)

    def _give_back(self, held: list[bool]) -> None:
        try:
            held.pop()  # atomic: only one of timer and crawl gets it
        except IndexError:
            return
        self._free.release()
