"""The inner loops over columns of text, compiled: UTF-8 octets -> numbers of words -> counts a row.

Compiled once a machine (numba keeps the code beside this file), without Python's lock, so two threads use two cores.
A row's counts depend on that row alone: neither blocks nor threads change them.
"""

import re
import sys
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nlp.text import LONGEST_RUN, LONGEST_TEXT

Octets = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]
Numbers = NDArray[np.int32]
Counts = NDArray[np.uint16]

WORD, MARK, BLANK = 1, 2, 4
_MOST = 65_535
_CLASSES = ((r"[^\W_]+", WORD), ("[\u0300-\u036f]+", MARK), (r"\s+", BLANK))


@lru_cache(maxsize=1)
def letter_classes() -> Octets:
    """What each code point is: part of a word, an accent after one, or a blank, as nlp/text.py's patterns have it."""
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    classes = np.zeros(sys.maxunicode + 1, dtype=np.uint8)
    for pattern, bit in _CLASSES:
        for run in re.finditer(pattern, every):
            classes[run.start() : run.end()] |= bit
    return classes


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator, unused-ignore]
def _mixed(number: np.uint64) -> np.uint64:
    # splitmix64's finaliser (Steele, Lea, Flood 2014)
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator, unused-ignore]
def _letter(octets: Octets, place: int) -> tuple[int, int]:
    """Code point at a place of well-formed UTF-8, and its octets."""
    first = int(octets[place])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | int(octets[place + 1]) & 0x3F, 2
    tail = (int(octets[place + 1]) & 0x3F) << 6 | int(octets[place + 2]) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | tail, 3
    return (first & 0x07) << 18 | tail << 6 | int(octets[place + 3]) & 0x3F, 4


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def _number(key: np.uint64, keys: Hashes, numbers: Numbers, known: int) -> int:
    """The number of a key in an open-addressed table; a new key gets the next, `known`."""
    mask = np.uint64(keys.size - 1)
    slot = key & mask
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return int(numbers[slot])
        slot = (slot + np.uint64(1)) & mask
    keys[slot] = key
    numbers[slot] = known
    return known


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def scan(
    octets: Octets, offsets: Places, classes: Octets, keys: Hashes, numbers: Numbers, known: int
) -> tuple[Numbers, Places, Places, Places]:
    """Words of each row as numbers of the table (changed in place), where each row's words end, and where the new
    words stand (start, end). Bounds and runs as `nlp.text.readable` has them."""
    found = np.empty((octets.size + 1) // 2 + offsets.size, dtype=np.int32)
    ends = np.zeros(offsets.size, dtype=np.int64)
    fresh = np.empty((found.size, 2), dtype=np.int64)
    total, new = 0, 0
    for row in range(offsets.size - 1):
        place, stop, letters, run, start = offsets[row], offsets[row + 1], 0, 0, -1
        key = np.uint64(0)
        while place <= stop:
            kind, width = 0, 1
            if place < stop and letters < LONGEST_TEXT:
                point, width = _letter(octets, place)
                kind = classes[point]
                run = 0 if kind & BLANK else run + 1
                kind = 0 if run > LONGEST_RUN else kind
                letters += 1
            if kind & WORD or (start >= 0 and kind & MARK):
                if start < 0:
                    start, key = place, np.uint64(0xCBF29CE484222325)
                for octet in range(place, place + width):
                    key = (key ^ np.uint64(octets[octet])) * np.uint64(0x100000001B3)
            elif start >= 0:
                number = _number(_mixed(key) | np.uint64(1), keys, numbers, known + new)
                if number == known + new:
                    fresh[new, 0], fresh[new, 1] = start, place
                    new += 1
                found[total] = number
                total += 1
                start = -1
            if letters >= LONGEST_TEXT and start < 0:
                break
            place += width
        ends[row + 1] = total
    return found[:total].copy(), ends, fresh[:new, 0].copy(), fresh[:new, 1].copy()


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def spans(octets: Octets, offsets: Places, classes: Octets) -> tuple[Numbers, Numbers]:
    """Start and end of each word that `scan` finds, in characters of its row; in the same order."""
    found = np.empty(((octets.size + 1) // 2 + offsets.size, 2), dtype=np.int32)
    total = 0
    for row in range(offsets.size - 1):
        place, stop, letters, run, start = offsets[row], offsets[row + 1], 0, 0, -1
        while place <= stop:
            kind, width, here = 0, 1, letters
            if place < stop and letters < LONGEST_TEXT:
                point, width = _letter(octets, place)
                kind = classes[point]
                run = 0 if kind & BLANK else run + 1
                kind = 0 if run > LONGEST_RUN else kind
                letters += 1
            if kind & WORD and start < 0:
                start = here
            elif start >= 0 and not kind & (WORD | MARK):
                found[total, 0], found[total, 1] = start, here
                total += 1
                start = -1
            if letters >= LONGEST_TEXT and start < 0:
                break
            place += width
    return found[:total, 0].copy(), found[:total, 1].copy()


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def rehash(keys: Hashes, numbers: Numbers, size: int) -> tuple[Hashes, Numbers]:
    """The same table with more room; size: a power of two."""
    wider, moved = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=np.int32)
    for slot in range(keys.size):
        if keys[slot] != np.uint64(0):
            _number(keys[slot], wider, moved, numbers[slot])
    return wider, moved


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def tally(
    titles: Numbers, title_ends: Places, texts: Numbers, text_ends: Places, width: int
) -> tuple[Places, Numbers, Counts, Counts]:
    """Counts of each column a row, by field: (indptr, columns, in titles, in texts), columns in order of first mention.

    titles, texts: a column for every word, -1 for one that is not counted. width: how many columns there are.
    """
    rows = title_ends.size - 1
    indptr = np.zeros(rows + 1, dtype=np.int64)
    columns = np.empty(titles.size + texts.size, dtype=np.int32)
    counts = np.zeros((2, columns.size), dtype=np.uint16)
    where = np.full(width, -1, dtype=np.int64)
    total = 0
    for row in range(rows):
        begin = total
        for field in range(2):
            words, ends = (titles, title_ends) if field == 0 else (texts, text_ends)
            for place in range(ends[row], ends[row + 1]):
                column = words[place]
                if column < 0:
                    continue
                if where[column] < begin:
                    where[column] = total
                    columns[total] = column
                    total += 1
                if counts[field, where[column]] < _MOST:
                    counts[field, where[column]] += 1
        indptr[row + 1] = total
    return indptr, columns[:total].copy(), counts[0, :total].copy(), counts[1, :total].copy()
