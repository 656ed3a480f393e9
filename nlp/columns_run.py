"""Streams of documents against many needs on several cores: what is kept of every need, in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import pyarrow as pa

from nlp.columns_match import LANGUAGE, Block, Scored, Sweep, strength_at, wanted
from nlp.columns_rules import INCLUDE
from nlp.columns_stored import Part
from nlp.ground import Ground
from nlp.parts import Asked, asked, fit_of
from nlp.postings import Doubles
from nlp.postings_best import Best, Kept
from nlp.recipe import CURRENT, Recipe
from terms.company import NeedVersion

ROWS = 1024  # documents of a block; a thread holds one float32 for each of them and each need


class Batch(NamedTuple):
    """Some documents as columns. languages: as published. codes: a list of codes a row."""

    titles: pa.Array
    texts: pa.Array
    languages: Sequence[str]
    codes: pa.Array


class Swept(NamedTuple):
    """What a sweep found. kept.rows count the documents in the order they came; fits stand beside kept.scores.

    kept.facts: columns LEXICAL to LANGUAGE of nlp.columns_match.
    """

    asking: Asked
    kept: Kept
    fits: Doubles
    documents: int


def sweep(
    batches: Iterable[Batch],
    needs: Sequence[NeedVersion],
    ground: Ground,
    *,
    most: int,
    recipe: Recipe = CURRENT,
    threads: int = 2,
    asking: Asked | None = None,
    folded: bool = True,
    storing: Callable[[Part], None] | None = None,
) -> Swept:
    """The `most` best documents of every need from `keep_floor` on, and those its include terms ask for.

    asking: the needs where they are prepared. folded: as nlp.columns_match.wanted has it. storing:
    is given the documents of each block, in their order.

    Scores are those of nlp.match.match with this ground; the same for any cut into batches and number of threads.
    """
    asking = asking or asked(needs, ground, recipe)
    books = Sweep(wanted(asking, ground, recipe, folded=folded))
    best = Best(len(needs), most, strength_at(recipe.keep_floor, recipe), facts=LANGUAGE + 1)
    waiting: deque[tuple[int, Future[Scored]]] = deque()
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for batch in _cut(batches):
            block = books.prepared(*batch)
            waiting.append((done, pool.submit(_score, books, block, best)))
            done += len(batch.titles)
            if len(waiting) > threads:
                _take(best, storing, *waiting.popleft())
        while waiting:
            _take(best, storing, *waiting.popleft())
    kept = best.ranked()
    return Swept(asking, kept, fit_of(kept.scores, recipe), done)


def _score(books: Sweep, block: Block, best: Best) -> Scored:
    return books.score(block, best.floors)


def _take(best: Best, storing: Callable[[Part], None] | None, first_row: int, waiting: Future[Scored]) -> None:
    scored = waiting.result()
    if storing is not None:
        storing(scored.part)
    best.add(scored.pairs, first_row, scored.strength, scored.facts, scored.verbs == INCLUDE)


def _cut(batches: Iterable[Batch]) -> Iterable[Batch]:
    """Batches of at most ROWS documents; small ones in pieces, so that every core has some."""
    for batch in batches:
        rows = ROWS if len(batch.titles) > 2 * ROWS else ROWS // 4
        for start in range(0, len(batch.titles), rows):
            part = slice(start, start + rows)
            yield Batch(batch.titles[part], batch.texts[part], batch.languages[part], batch.codes[part])
