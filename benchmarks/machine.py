"""What this machine can do at most, measured now: memory bandwidth, float32 products, and how busy it is.

python -m benchmarks.machine      prints the three
"""

import os
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

_MEGABYTES = 256


class Machine(NamedTuple):
    """bandwidth: GB/s read and written by one thread's copy. flops: GFLOP/s of a float32 product on all cores."""

    bandwidth: float
    flops: float
    load: float
    cores: int


def machine() -> Machine:
    """Measure, best of five; the load is that of the last minute."""
    source, target = np.ones(_MEGABYTES * 2**17), np.empty(_MEGABYTES * 2**17)
    square = np.random.default_rng(1).random((2048, 2048), dtype=np.float32)
    copied, multiplied = _best(lambda: np.copyto(target, source)), _best(lambda: square @ square)
    return Machine(
        2 * source.nbytes / copied / 1e9, 2 * 2048**3 / multiplied / 1e9,
        os.getloadavg()[0], len(os.sched_getaffinity(0)),
    )  # fmt: skip


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


if __name__ == "__main__":
    found = machine()
    print(
        f"memory {found.bandwidth:.1f} GB/s, float32 product {found.flops:.0f} GFLOP/s on {found.cores} cores, "
        f"load {found.load:.1f}"
    )
