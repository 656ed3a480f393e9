"""Small fingerprints of texts whose agreement estimates how alike the texts are, and the pairs worth a closer look.

One-permutation MinHash (Li, Owen, Zhang 2012) over character n-grams, empty bins filled as Shrivastava 2017 does, cut
into bands (LSH, Indyk & Motwani 1998). Everything is a column of numpy, and the same text gives the same fingerprint
on every machine. Nothing compares all pairs: a bucket is only looked at within a fixed width.
"""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

BINS = 64
_BLOCK = 20_000  # texts hashed at once
_MANY = 10_000  # texts from which compiling pays
_MIX = np.uint64(0x9E3779B97F4A7C15)
_EMPTY = np.uint32(0xFFFFFFFF)
_MOST_DRAWS = 2_000

Marks = NDArray[np.uint8]
Bands = NDArray[np.uint32]
Pairs = NDArray[np.int64]


def sketch(texts: Sequence[str], gram: int, rows: int) -> tuple[Marks, Bands]:
    """Marks (n x 64) and bands (n x 64/rows) of texts; all zero for a text shorter than one n-gram."""
    marks = np.zeros((len(texts), BINS), dtype=np.uint8)
    bands = np.zeros((len(texts), BINS // rows), dtype=np.uint32)
    if len(texts) >= _MANY:
        return _compiled(texts, gram, bands)
    for start in range(0, len(texts), _BLOCK):
        least, known = _minima(texts[start : start + _BLOCK], gram)
        _fill(least, known)
        marks[start : start + _BLOCK][known] = (least[known] & np.uint32(0xFF)).astype(np.uint8)
        bands[start : start + _BLOCK][known] = _banded(least[known], rows)
    return marks, bands


def _compiled(texts: Sequence[str], gram: int, bands: Bands) -> tuple[Marks, Bands]:
    from nlp.kernel import sketch_rows  # noqa: PLC0415 - numba takes most of a second to import

    encoded = [text.encode() for text in texts]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    least = np.zeros((len(texts), BINS), dtype=np.uint32)
    sketch_rows(np.frombuffer(b"".join(encoded), dtype=np.uint8), ends, gram, _draws(), least, bands)
    return (least & np.uint32(0xFF)).astype(np.uint8), bands


@cache
def _draws() -> NDArray[np.uint8]:
    """Draws x bins: which bin is borrowed from."""
    places = np.arange(_MOST_DRAWS * BINS, dtype=np.uint64).reshape(_MOST_DRAWS, BINS)
    return (_mixed(places + np.uint64(1)) >> np.uint64(58)).astype(np.uint8)


def agreement(marks: Marks, pairs: Pairs) -> NDArray[np.float64]:
    """Share of equal marks of each pair of rows: the estimated Jaccard likeness of their n-grams."""
    parts = np.array_split(pairs, max(1, len(pairs) // 100_000))
    return np.concatenate([(marks[p[:, 0]] == marks[p[:, 1]]).mean(axis=1) for p in parts])


def candidates(bands: Bands, width: int) -> Iterator[Pairs]:
    """Pairs of rows that share a band, one array a band, smaller row first.

    A bucket of more than `width` rows is paired only with its next `width` rows, so that the count is at most
    rows x bands x width whatever the texts are. Sort the rows by text first: neighbours are then alike.
    """
    for band in bands.T:
        held = np.flatnonzero(band)
        order = held[np.argsort(band[held], kind="stable")]
        for step in range(1, width + 1):
            same = band[order[:-step]] == band[order[step:]]
            if not same.any():
                break
            yield np.stack((order[:-step][same], order[step:][same]), axis=1)


def _minima(texts: Sequence[str], gram: int) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """The least hash in every bin of every text, and which texts have any."""
    encoded = [text.encode() for text in texts]
    octets = np.frombuffer(b"".join(encoded) + bytes(gram), dtype=np.uint8)
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    counts = np.maximum(lengths - gram + 1, 0)
    first = np.repeat(np.cumsum(lengths) - lengths - (np.cumsum(counts) - counts), counts)
    hashes = _hashes(octets, gram)[first + np.arange(len(first))]
    slots = np.repeat(np.arange(len(texts)) * BINS, counts) + (hashes >> np.uint64(58)).astype(np.int64)
    least = np.full(len(texts) * BINS, _EMPTY, dtype=np.uint32)
    np.minimum.at(least, slots, ((hashes >> np.uint64(20)) & np.uint64(0xFFFFFFFE)).astype(np.uint32))
    return least.reshape(-1, BINS), counts > 0


def _hashes(octets: NDArray[np.uint8], gram: int) -> NDArray[np.uint64]:
    """A 64-bit hash of the n-gram that begins at every octet."""
    rolled = np.zeros(len(octets) - gram + 1, dtype=np.uint64)
    for place in range(gram):
        rolled *= np.uint64(1_099_511_628_211)
        rolled += octets[place : len(octets) - gram + 1 + place]
    return _mixed(rolled)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    # splitmix64's finaliser (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output
    mixed = numbers * _MIX
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def _fill(least: NDArray[np.uint32], known: NDArray[np.bool_]) -> None:
    """Empty bins borrow from bins drawn by a hash of (bin, draw) until one is full; alike texts borrow alike."""
    rows, bins = np.nonzero((least == _EMPTY) & known[:, np.newaxis])
    full = least.copy()
    for draw in range(_MOST_DRAWS):
        if not len(rows):
            return
        borrowed = full[rows, _draws()[draw][bins]]
        got = borrowed != _EMPTY
        least[rows[got], bins[got]] = borrowed[got]
        rows, bins = rows[~got], bins[~got]
    least[rows, bins] = 0  # as good as never: a text of one n-gram draws its bin with p = 1/64


def _banded(least: NDArray[np.uint32], rows: int) -> Bands:
    """One 32-bit number per band, never 0, different for different bands."""
    stacked = least.reshape(len(least), BINS // rows, rows)
    rolled = np.broadcast_to(np.arange(1, BINS // rows + 1, dtype=np.uint64), stacked.shape[:2]).copy()
    for place in range(rows):
        rolled = _mixed(rolled ^ stacked[:, :, place].astype(np.uint64))
    return (rolled >> np.uint64(32)).astype(np.uint32) | np.uint32(1)
