"""Statistics of a corpus as octets and back, so that they are taken once and not at every run.

The format is numpy's own archive (.npz) without pickled objects: a file from elsewhere can hold numbers, no code.
"""

import hashlib
from io import BytesIO

import numpy as np

from nlp.ground import Ground
from nlp.recipe import Recipe
from nlp.vectors import Topics

_TOPICS = "topics."
_NARROW = ("topics", "senses")  # large tables of directions; float32 is more than they mean


def packed(ground: Ground) -> bytes:
    """All of a ground; tables of directions as float32."""
    tables = {
        f"{_TOPICS}{name}": np.asarray(table, dtype=np.float32 if name in _NARROW else np.float64)
        for name, table in ground.topics.arrays().items()
    }
    octets = BytesIO()
    np.savez(
        octets,
        allow_pickle=False,
        columns=np.frombuffer("\n".join(ground.columns).encode(), dtype=np.uint8),
        languages=np.frombuffer("\n".join(ground.languages).encode(), dtype=np.uint8),
        idf=ground.idf,
        letters_idf=ground.letters_idf,
        average=np.array(ground.average),
        **tables,
    )
    return octets.getvalue()


def stamp_of(ground: Ground, recipe: Recipe) -> str:
    """A short name that other statistics and other recipes do not have."""
    told = hashlib.blake2b(recipe.model_version.encode(), digest_size=16)
    told.update("\n".join((*ground.languages, *ground.columns)).encode())
    for values in (ground.idf, ground.letters_idf):
        told.update(values.tobytes())
    told.update(repr(ground.average).encode())
    return told.hexdigest()


def unpacked(octets: bytes) -> Ground:
    """A ground from what `packed` gave. Raises ValueError or KeyError for anything else."""
    with np.load(BytesIO(octets), allow_pickle=False) as found:
        words, languages = (bytes(found[name]).decode() for name in ("columns", "languages"))
        topics = {
            name.removeprefix(_TOPICS): np.array(found[name], dtype=np.float64, order="C")
            for name in found.files
            if name.startswith(_TOPICS)
        }
        return Ground(
            {word: place for place, word in enumerate(words.split("\n") if words else ())},
            found["idf"],
            float(found["average"]),
            found["letters_idf"],
            Topics.of(topics),
            tuple(languages.split("\n") if languages else ()),
        )
