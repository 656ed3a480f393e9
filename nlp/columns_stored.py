"""What a pass knows of its documents, kept as arrays: so that a need that is new or changed reads no text.

A chunk holds, of some thousand documents, their telling forms with weights, the forms' stems and letter pieces, lengths
and directions. It belongs to one set of statistics and one recipe. The format is numpy's
archive (.npz), nothing pickled.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nlp.columns import octets_of
from nlp.columns_letters import LetterBook
from nlp.columns_scan import Hashes, Numbers, Octets, Places
from nlp.languages import LANGUAGES
from nlp.postings import Doubles, Singles

_MOST = 65_535
_WHOLE = 127.0


class Keys(NamedTuple):
    """Strings behind each other."""

    octets: Octets
    ends: Places

    def __call__(self, row: int) -> str:
        """The key of a row."""
        return self.octets[self.ends[row] : self.ends[row + 1]].tobytes().decode()


class Part(NamedTuple):
    """The documents of one block. words, weights: of each telling form, by document (ends); numbers of the lexicon.

    norms: BM25's. letter_lengths: of the weighted letter pieces. topics: directions. codes: a list of strings a row.
    book: what knows the words' stems and pieces.
    """

    languages: NDArray[np.uint8]
    proses: Doubles
    norms: Doubles
    letter_lengths: Doubles
    topics: Singles
    ends: Places
    words: Numbers
    weights: Doubles
    codes: pa.Array
    book: LetterBook


class Chunk(NamedTuple):
    """Documents as arrays; words are numbers into `stems` (languages x words) and piece_ends. keys: cluster keys."""

    key_octets: Octets
    key_ends: Places
    languages: NDArray[np.uint8]
    proses: Singles
    norms: Singles
    letter_lengths: Singles
    topics: NDArray[np.int8]
    scales: Singles
    ends: Places
    words: Numbers
    weights: NDArray[np.uint16]
    stems: Hashes
    piece_ends: Places
    pieces: Numbers
    code_octets: Octets
    code_bounds: Places
    code_ends: Places

    @property
    def keys(self) -> "Keys":
        """The cluster keys, without the rest."""
        return Keys(self.key_octets, self.key_ends)

    @property
    def codes(self) -> pa.Array:
        """A list of codes a row."""
        flat = pa.LargeStringArray.from_buffers(
            len(self.code_bounds) - 1, pa.py_buffer(self.code_bounds), pa.py_buffer(self.code_octets)
        )
        return pa.LargeListArray.from_arrays(pa.array(self.code_ends), flat)


def chunk_of(keys: pa.Array, parts: Sequence[Part]) -> Chunk:
    """Put parts of one book together. keys: of their clusters."""
    book = parts[0].book
    words = np.concatenate([part.words for part in parts])
    known, local = np.unique(words, return_inverse=True)
    topics = np.concatenate([part.topics for part in parts])
    scales = np.maximum(np.abs(topics).max(axis=1, initial=0.0), 1e-9) / _WHOLE
    codes = pa.concat_arrays([part.codes.cast(pa.large_list(pa.large_string())) for part in parts])
    return Chunk(
        *octets_of(keys),
        np.concatenate([part.languages for part in parts]),
        np.concatenate([part.proses for part in parts]).astype(np.float32),
        np.concatenate([part.norms for part in parts]).astype(np.float32),
        np.concatenate([part.letter_lengths for part in parts]).astype(np.float32),
        np.round(topics / scales[:, np.newaxis]).astype(np.int8),
        scales.astype(np.float32),
        _ends([part.ends for part in parts]),
        local.astype(np.int32),
        np.minimum(np.ceil(np.concatenate([part.weights for part in parts])), _MOST).astype(np.uint16),
        np.ascontiguousarray(book.stems[:, known]),
        *_pieces(known, *book.cut),
        *octets_of(codes.flatten()),
        np.concatenate((np.zeros(1), np.cumsum(codes.value_lengths().to_numpy(zero_copy_only=False)))).astype(np.int64),
    )  # fmt: skip


def _ends(every: Sequence[Places]) -> Places:
    """Ends of rows of several parts, behind each other."""
    sizes = np.concatenate([np.diff(ends) for ends in every])
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))


def _pieces(known: NDArray[np.int32], starts: Places, lengths: Numbers, pieces: Numbers) -> tuple[Places, Numbers]:
    sizes = lengths[known].astype(np.int64)
    ends = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))
    places = np.arange(ends[-1]) - np.repeat(ends[:-1], sizes) + np.repeat(starts[known], sizes)
    return ends, pieces[places]


def packed_chunk(chunk: Chunk) -> bytes:
    """A chunk as octets."""
    octets = BytesIO()
    np.savez(octets, allow_pickle=False, **chunk._asdict())
    return octets.getvalue()


def unpacked_chunk(octets: bytes) -> Chunk:
    """A chunk from what `packed_chunk` gave. Raises ValueError or KeyError for anything else."""
    with np.load(BytesIO(octets), allow_pickle=False) as found:
        chunk = Chunk(*(found[name] for name in Chunk._fields))
    if len(chunk.stems) != len(LANGUAGES) or len(chunk.ends) != len(chunk.key_ends):
        raise ValueError("the arrays do not belong together")
    return chunk
