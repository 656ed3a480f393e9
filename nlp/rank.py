"""Every need's best documents of a collection, in falling strength: the matcher without floors, budgets and reasons."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from nlp.ground import reference, survey
from nlp.match import BLOCK
from nlp.parts import asked, parts
from nlp.recipe import CURRENT, Recipe
from nlp.terms import Floats, read
from terms.company import NeedVersion
from terms.match import Document

MOST = 1000
_PROGRAMME = re.compile(r"[-._]\d")
Ranked = list[tuple[str, float]]


class Weighed(NamedTuple):
    """Documents x needs: the whole strength and its parts; and how many different telling words each need has."""

    strength: Floats
    lexical: Floats
    letters: Floats
    topics: Floats
    words: "np.ndarray[tuple[int], np.dtype[np.int64]]"


def weigh(documents: Sequence[Document], needs: Sequence[NeedVersion], recipe: Recipe = CURRENT) -> Weighed:
    """Score every pair as nlp.match does, with statistics from the documents themselves; memory: documents x needs."""
    ground = survey([read(d, recipe) for d in reference(documents, (), recipe)], recipe)
    asking = asked(needs, ground, recipe)
    blocks = []
    for start in range(0, len(documents), BLOCK):
        block = documents[start : start + BLOCK]
        scored = parts(block, [read(d, recipe) for d in block], asking, ground, recipe)
        blocks.append((scored.strength(recipe), scored.lexical, scored.letters, scored.topics))
    strength, lexical, letters, topics = (np.vstack(part) for part in zip(*blocks, strict=True))
    words = np.array([len(reading.stems) for reading in asking.readings], dtype=np.int64)
    return Weighed(strength, lexical, letters, topics, words)


def rank(
    documents: Sequence[Document], needs: Sequence[NeedVersion], *, recipe: Recipe = CURRENT, most: int = MOST
) -> Iterator[tuple[str, Ranked]]:
    """Each need's key with its documents, strongest first, equal ones by key. Keys are unique.

    A document without any strength is not listed.
    """
    collection = sorted(documents, key=lambda d: d.cluster_key)
    if not (collection and needs):
        return
    strength = weigh(collection, needs, recipe).strength
    if recipe.programme_weight:
        strength = strength + recipe.programme_weight * of_programmes(strength, [d.codes for d in collection])
    keys = [d.cluster_key for d in collection]
    for version, column in zip(needs, strength.T, strict=True):
        yield version.need_key, best(column, keys, most)


def best(scores: Floats, keys: Sequence[str], most: int, floor: float = 0.0) -> Ranked:
    """The `most` highest scores above a floor with their keys; equal ones in the order of the keys given."""
    order = np.argsort(-scores, kind="stable")[:most]
    return [(keys[place], float(scores[place])) for place in order if scores[place] > floor]


def of_programmes(strength: Floats, codes: Sequence[Sequence[str]]) -> Floats:
    """For each document the mean of the three strongest of its programme, 0 where it stands alone or has no code.

    A call's programme is its first code up to the first number: `BG-03-2014` and `BG-08-2014` are both `BG`. So calls
    of a programme that suits the need as a whole stand above equals of another one.
    """
    members: dict[str, list[int]] = {}
    for row, own in enumerate(codes):
        if own:
            members.setdefault(_PROGRAMME.split(own[0])[0], []).append(row)
    support = np.zeros_like(strength)
    for rows in members.values():
        if len(rows) > 1:
            support[rows] = np.sort(strength[rows], axis=0)[-3:].mean(axis=0)
    return support


def matrices(weighed: Weighed) -> Mapping[str, Floats]:
    """The opinions of a weighing by name, needs x documents, for those who weigh them otherwise."""
    return {"lexical": weighed.lexical.T, "letters": weighed.letters.T, "topics": weighed.topics.T}
