"""Every need's best documents of a collection, in falling strength: the matcher without floors, budgets and reasons."""

from collections.abc import Iterator, Sequence

import numpy as np

from nlp.ground import reference, survey
from nlp.match import BLOCK
from nlp.parts import asked, parts
from nlp.recipe import CURRENT, Recipe
from nlp.terms import Floats, read
from terms.company import NeedVersion
from terms.match import Document

MOST = 1000
Ranked = list[tuple[str, float]]


def rank(
    documents: Sequence[Document], needs: Sequence[NeedVersion], *, recipe: Recipe = CURRENT, most: int = MOST
) -> Iterator[tuple[str, Ranked]]:
    """Each need's key with its documents, strongest first, equal ones by key; statistics from the collection itself.

    Keys of documents are unique. A document without any strength is not listed. Memory grows with documents x needs
    of one block and `most` x needs, time with documents x needs.
    """
    collection = sorted(documents, key=lambda d: d.cluster_key)
    if not (collection and needs):
        return
    ground = survey([read(d, recipe) for d in reference(collection, (), recipe)], recipe)
    asking = asked(needs, ground, recipe)
    best: list[tuple[list[int], Floats]] = [([], np.zeros(0)) for _ in needs]
    for start in range(0, len(collection), BLOCK):
        block = collection[start : start + BLOCK]
        strength = parts(block, [read(d, recipe) for d in block], asking, ground, recipe).strength(recipe)
        rows = list(range(start, start + len(block)))
        best = [_merged(*held, rows, strength[:, column], most) for column, held in enumerate(best)]
    for version, (places, values) in zip(needs, best, strict=True):
        yield (
            version.need_key,
            [(collection[place].cluster_key, float(value)) for place, value in zip(places, values, strict=True)],
        )


def _merged(
    places: list[int], values: Floats, more: list[int], strength: Floats, most: int
) -> tuple[list[int], Floats]:
    """The `most` strongest of both lists; the earlier place wins a tie."""
    joined, all_places = np.concatenate((values, strength)), [*places, *more]
    order = np.argsort(-joined, kind="stable")[:most]
    kept = order[joined[order] > 0]
    return [all_places[place] for place in kept], joined[kept]
