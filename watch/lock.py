"""Two of anything at once: one works, the other is told at once (RELIABILITY D-04). The lock dies with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from terms.errors import RunBusy
from watch.house import House


@contextmanager
def only_one(house: House, work: str) -> Iterator[None]:
    """Hold `work` for this process. Raises RunBusy where another process on this house holds it."""
    house.settings.home.mkdir(parents=True, exist_ok=True)
    with (house.settings.home / f"{work}.lock").open("a") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunBusy(f"{work} is already running on {house.settings.home}; wait until it has finished") from None
        yield
