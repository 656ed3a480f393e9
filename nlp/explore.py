"""Looking below the threshold: which documents, at random by a seed, and what they say of those missed (P26)."""

import hashlib
import math
from collections.abc import Iterable
from typing import NamedTuple

from scipy.stats import beta


class MissRate(NamedTuple):
    """Estimated share of good documents among those below the threshold, with its interval. looked: the sample."""

    looked: int
    good: int
    rate: float
    low: float
    high: float


def draw(keys: Iterable[str], count: int, seed: str) -> list[str]:
    """`count` of the keys at random: those with the smallest hashes under the seed, so the order does not matter.

    A key drawn once stays drawn while others come and go, until it leaves the pool.
    """
    return sorted(set(keys), key=lambda key: (_lot(key, seed), key))[: max(0, count)]


def _lot(key: str, seed: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{key}".encode("utf-8", "surrogatepass")).digest()


def wanted(queue: int, share: float) -> int:
    """How many explored ones make up `share` of a queue with `queue` others; at least one where there is a queue."""
    return math.ceil(queue * share / (1 - share) - 1e-9) if 0 < share < 1 else 0


def miss_rate(good: int, looked: int, level: float = 0.95) -> MissRate:
    """The exact interval of Clopper and Pearson (1934): it holds the true share at least `level` of the times.

    Raises ValueError where good is not within 0..looked. Nothing looked at: anything from 0 to 1.
    """
    if not 0 <= good <= looked:
        raise ValueError(f"{good} good of {looked} looked at cannot be")
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, good, looked - good + 1)) if good > 0 else 0.0
    high = float(beta.ppf(1 - tail, good + 1, looked - good)) if good < looked else 1.0
    return MissRate(looked, good, good / looked if looked else 0.0, low, high)
