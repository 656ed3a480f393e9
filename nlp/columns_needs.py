"""Prepared needs as octets and back, so that a run prepares only what is new; by what they say, not by their key.

What is packed belongs to one set of statistics. The format is numpy's own archive (.npz) without pickled objects.
"""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from nlp.ground import Ground
from nlp.languages import LANGUAGES
from nlp.parts import Asked, asked
from nlp.recipe import Recipe
from nlp.terms import Floats, Reading
from terms.company import NeedVersion

_MATRICES = ("words", "letters", "topics")


class Rows(NamedTuple):
    """Prepared needs, one row each. keys: `key_of`. languages: into LANGUAGES. names: the columns of words. full: needs
    x languages."""

    keys: Sequence[str]
    languages: NDArray[np.uint8]
    names: Sequence[str]
    words: csr_matrix
    letters: csr_matrix
    topics: csr_matrix
    full: Floats

    def chosen(self, places: Sequence[int]) -> "Rows":
        """Some of the needs."""
        which = np.array(places, dtype=np.int64)
        words, letters, topics = (csr_matrix(some[which]) for some in (self.words, self.letters, self.topics))
        keys = [self.keys[place] for place in places]
        return Rows(keys, self.languages[which], self.names, words, letters, topics, self.full[which])


def key_of(version: NeedVersion) -> str:
    """The same for the same text."""
    return hashlib.blake2b(version.need.model_dump_json().encode("utf-8", "replace"), digest_size=16).hexdigest()


def rows_of(asking: Asked) -> Rows:
    """What is worth keeping of prepared needs."""
    languages = np.array([LANGUAGES.index(reading.language) for reading in asking.readings], dtype=np.uint8)
    full = np.column_stack([asking.full[language] for language in LANGUAGES])
    keys = [key_of(version) for version in asking.needs]
    return Rows(keys, languages, asking.names, asking.words, asking.letters, asking.topics, full)


def packed_needs(rows: Rows) -> bytes:
    """Prepared needs as octets."""
    octets = BytesIO()
    tables: dict[str, NDArray[Any]] = {"languages": rows.languages, "full": rows.full}
    for name in _MATRICES:
        matrix = getattr(rows, name)
        tables |= {f"{name}.{part}": getattr(matrix, part) for part in ("data", "indices", "indptr")}
        tables[f"{name}.shape"] = np.array(matrix.shape)
    for name, words in (("keys", rows.keys), ("names", rows.names)):
        tables[name] = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
    np.savez(octets, allow_pickle=False, **tables)
    return octets.getvalue()


def unpacked_needs(octets: bytes) -> Rows:
    """Prepared needs from what `packed_needs` gave. Raises ValueError or KeyError for anything else."""
    with np.load(BytesIO(octets), allow_pickle=False) as found:
        keys, names = (bytes(found[name]).decode().split("\n") for name in ("keys", "names"))
        words, letters, topics = (
            csr_matrix(
                (found[f"{name}.data"], found[f"{name}.indices"], found[f"{name}.indptr"]),
                shape=tuple(found[f"{name}.shape"].tolist()),
            )
            for name in _MATRICES
        )
        return Rows(keys, found["languages"], [n for n in names if n], words, letters, topics, found["full"])


def asked_again(needs: Sequence[NeedVersion], kept: Rows | None, ground: Ground, recipe: Recipe) -> tuple[Asked, int]:
    """What `nlp.parts.asked` gives for the needs, with those that are kept taken from there; and how many were not.

    Readings hold the language alone, unless all needs were prepared here.
    """
    keys = [key_of(version) for version in needs]
    known = set(kept.keys) if kept else set[str]()
    fresh = [version for version, key in zip(needs, keys, strict=True) if key not in known]
    prepared = asked(fresh, ground, recipe) if fresh or not needs else None
    if kept is None or (prepared is not None and len(fresh) == len(needs)):
        return prepared or asked(needs, ground, recipe), len(fresh)
    whole = joined(kept, rows_of(prepared)) if prepared else kept
    return _asked(needs, keys, whole), len(fresh)


def joined(one: Rows, other: Rows) -> Rows:
    """The needs of both; columns of words stay in alphabetical order."""
    names = sorted({*one.names, *other.names})
    place = {name: number for number, name in enumerate(names)}
    words = [_renumbered(rows, place) for rows in (one, other)]
    return Rows(
        [*one.keys, *other.keys],
        np.concatenate((one.languages, other.languages)),
        names,
        vstack(words, format="csr"),
        vstack((one.letters, other.letters), format="csr"),
        vstack((one.topics, other.topics), format="csr"),
        np.vstack((one.full, other.full)),
    )


def _renumbered(rows: Rows, place: dict[str, int]) -> csr_matrix:
    moved = np.array([place[name] for name in rows.names], dtype=np.int32)
    indices = moved[rows.words.indices] if len(moved) else rows.words.indices
    return csr_matrix((rows.words.data, indices, rows.words.indptr), shape=(rows.words.shape[0], len(place)))


def _asked(needs: Sequence[NeedVersion], keys: Sequence[str], rows: Rows) -> Asked:
    """The rows of these needs, in their order."""
    place = {key: row for row, key in enumerate(rows.keys)}
    order = np.array([place[key] for key in keys], dtype=np.int64)
    readings = [Reading("", LANGUAGES[number], {}, {}, {}, 0, 0, 0) for number in rows.languages[order].tolist()]
    full = {language: rows.full[order, column] for column, language in enumerate(LANGUAGES)}
    columns = {name: number for number, name in enumerate(rows.names)}
    return Asked(
        needs, readings, columns, tuple(rows.names), rows.words[order], full, rows.letters[order], rows.topics[order]
    )
