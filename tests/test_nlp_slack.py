"""The first, cheap score of the bulk path loses no pair that the exact one keeps, with so many needs that common words
are folded into few dimensions."""

import random

import numpy as np
import pyarrow as pa

from nlp.columns_match import Sweep, strength_at, wanted
from nlp.ground import survey
from nlp.parts import asked, parts
from nlp.recipe import CURRENT
from nlp.terms import read
from terms.company import Need, NeedVersion
from terms.match import Document

NEEDS, DOCUMENTS = 600, 1000
ENDINGS = ("al", "ic", "ing", "ment", "or", "ose", "um", "yte")


def _vocabulary(dice: random.Random) -> list[str]:
    """Made-up words, the first ones common: their letter pieces too."""
    return [
        "".join(dice.choices("abdegiklmnoprstuv", k=dice.randint(3, 7))) + dice.choice(ENDINGS) for _ in range(3000)
    ]


def _text(dice: random.Random, vocabulary: list[str], theme: list[str], words: int) -> str:
    """Common words by rank, a third of them of the theme."""
    ranks = [min(int(dice.paretovariate(0.7)), len(vocabulary)) - 1 for _ in range(words)]
    return " ".join(dice.choice(theme) if dice.random() < 0.3 else vocabulary[rank] for rank in ranks)


def test_no_pair_is_lost_by_the_first_score() -> None:
    dice = random.Random(11)
    vocabulary = _vocabulary(dice)
    themes = [dice.sample(vocabulary, 12) for _ in range(60)]
    needs = [
        NeedVersion(
            need_key=f"co{n}/n", company_key=f"co{n}", version=1,
            need=Need(id="n", title=_text(dice, vocabulary, themes[n % 60], 5),
                      description=_text(dice, vocabulary, themes[n % 60], 40), language="en"),
        )
        for n in range(NEEDS)
    ]  # fmt: skip
    documents = [
        Document(
            cluster_key=f"c{n}", item_key=f"c{n}", kind="publication", language="en",
            title=_text(dice, vocabulary, themes[n % 60], 9), text=_text(dice, vocabulary, themes[n % 60], 90),
        )
        for n in range(DOCUMENTS)
    ]  # fmt: skip
    readings = [read(document, CURRENT) for document in documents]
    ground = survey(readings, CURRENT)
    asking = asked(needs, ground, CURRENT)
    exact = parts(documents, readings, asking, ground, CURRENT).strength(CURRENT)
    floor = strength_at(CURRENT.keep_floor, CURRENT)
    sweep = Sweep(wanted(asking, ground, CURRENT))
    titles, texts = (pa.array([getattr(d, name) for d in documents], pa.large_string()) for name in ("title", "text"))
    block = sweep.prepared(titles, texts, ["en"] * DOCUMENTS, pa.array([[]] * DOCUMENTS, pa.list_(pa.string())))
    found = sweep.score(block, np.full(NEEDS, floor, dtype=np.float32)).pairs
    kept = set(zip(*(side.tolist() for side in np.nonzero(exact >= floor)), strict=True))
    assert 1000 < len(kept) < NEEDS * DOCUMENTS / 2
    assert not kept - set(zip(found.rows.tolist(), found.needs.tolist(), strict=True))
