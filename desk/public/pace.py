"""How often one address may ask: a bucket of requests that fills again with time (RELIABILITY E-22, F-07)."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Pace:
    """At most `most` requests at once from one address, and one more every `every` seconds.

    remembered: how many addresses are kept; those that asked longest ago are forgotten first.
    """

    most: float = 60
    every: float = 1.0
    remembered: int = 20_000
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, address: str) -> float:
        """Seconds that this address has to wait; 0 where it may go on, and then one request is used up."""
        now = self.clock()
        with self._lock:
            left, since = self._buckets.pop(address, (self.most, now))
            left = min(self.most, left + (now - since) / self.every)
            is_free = left >= 1
            self._buckets[address] = (left - 1 if is_free else left, now)
            while len(self._buckets) > self.remembered:
                self._buckets.popitem(last=False)
        return 0.0 if is_free else (1 - left) * self.every
