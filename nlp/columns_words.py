"""Every distinct word as written, once: its lower-case form and its stem by each language's rules, as 64-bit numbers.

A stem's number is a hash of its letters, so columns made on different days and machines meet without a shared list.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from nlp.columns_scan import Hashes, Numbers, Octets, Places, letter_classes, rehash, scan
from nlp.languages import LANGUAGES
from nlp.text import telling_stem

NO_STEM, UNREAD = np.uint64(0), np.uint64(1)  # of a word that tells nothing; of one nobody has stemmed yet
_FEWEST_SLOTS = 2**16
_MOST_WORDS = 2_000_000  # some 600 MB with the letter pieces


def hash_of(word: str) -> int:
    """A stem's or form's number, the same everywhere; never 0 or 1."""
    number = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
    return number if number > 1 else number + 2


def hashes_of(words: Sequence[str]) -> Hashes:
    """Numbers of several words."""
    return np.fromiter(map(hash_of, words), dtype=np.uint64, count=len(words))


class Lexicon:
    """The words met so far. Grows; what is in it never changes what a text's counts are."""

    def __init__(self) -> None:
        self._keys = np.zeros(_FEWEST_SLOTS, dtype=np.uint64)
        self._numbers = np.zeros(_FEWEST_SLOTS, dtype=np.int32)
        self.surfaces: list[str] = []
        self.forms: Hashes = np.empty(0, dtype=np.uint64)
        self._stems = np.empty((len(LANGUAGES), 0), dtype=np.uint64)

    @property
    def is_full(self) -> bool:
        """Whether it has grown so large that a new one should be begun before the next block."""
        return len(self.surfaces) > _MOST_WORDS

    def numbered(self, octets: Octets, offsets: Places) -> tuple[Numbers, Places]:
        """The words of each row as numbers of this lexicon, and where each row's words end."""
        room = 2 * (len(self.surfaces) + int(offsets[-1] - offsets[0]) // 3 + offsets.size)
        if room > self._keys.size:
            self._keys, self._numbers = rehash(self._keys, self._numbers, 1 << (room - 1).bit_length())
        found, ends, starts, stops = scan(
            octets, offsets, letter_classes(), self._keys, self._numbers, len(self.surfaces)
        )
        self._learn(octets.tobytes(), starts.tolist(), stops.tolist())
        return found, ends

    def stems(self, language: int, words: Numbers) -> Hashes:
        """Stem numbers of words of this lexicon by the rules of LANGUAGES[language]; NO_STEM: it tells nothing."""
        known = self._stems[language]
        for word in words[known[words] == UNREAD].tolist():
            term = telling_stem(self.surfaces[word].lower(), LANGUAGES[language])
            known[word] = hash_of(term) if term else NO_STEM
        stems: NDArray[np.uint64] = known[words]
        return stems

    @property
    def known_stems(self) -> Hashes:
        """LANGUAGES x words: the stems as far as they were asked for, UNREAD elsewhere."""
        return self._stems

    def _learn(self, octets: bytes, starts: Sequence[int], stops: Sequence[int]) -> None:
        fresh = [octets[a:b].decode() for a, b in zip(starts, stops, strict=True)]
        self.surfaces += fresh
        self.forms = np.concatenate((self.forms, hashes_of([word.lower() for word in fresh])))
        unread = np.full((len(LANGUAGES), len(fresh)), UNREAD, dtype=np.uint64)
        self._stems = np.concatenate((self._stems, unread), axis=1)
