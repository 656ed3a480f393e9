"""The best of a ranking ordered anew with a full language model's opinion beside the matcher's (optional)."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.rank import Ranked
from terms.company import NeedVersion
from terms.match import Document

Singles = NDArray[np.float32]
DEPTH = 100  # documents of a need that are ordered anew; the rest stay as they are, below


class Reader(Protocol):
    """Who makes a vector of length 1 of each text."""

    def vectors(self, texts: Sequence[str]) -> Singles:
        """One row a text."""


def reranked(
    ranked: Sequence[tuple[str, Ranked]],
    documents: Sequence[Document],
    needs: Sequence[NeedVersion],
    reader: Reader,
    weight: float,
) -> Iterator[tuple[str, Ranked]]:
    """Each need's best DEPTH by strength + weight x cosine of the texts, then the rest, below, in their order.

    Every document is read once, however many needs it stands high for.
    """
    told = {document.cluster_key: document for document in documents}
    keys = sorted({key for _, found in ranked for key, _ in found[:DEPTH]})
    place = {key: row for row, key in enumerate(keys)}
    read = reader.vectors([_text(told[key].title, told[key].text) for key in keys])
    asked = reader.vectors([_text(version.need.title, version.need.description) for version in needs])
    rows = {version.need_key: row for row, version in enumerate(needs)}
    for need_key, found in ranked:
        likeness = read[[place[key] for key, _ in found[:DEPTH]]] @ asked[rows[need_key]]
        yield need_key, _ordered(found, likeness, weight)


def _ordered(found: Ranked, likeness: Singles, weight: float) -> Ranked:
    head = [(key, score + weight * float(like)) for (key, score), like in zip(found, likeness, strict=False)]
    head.sort(key=lambda pair: (-pair[1], pair[0]))
    least = min((score for _, score in head), default=0.0)
    first = found[DEPTH][1] if len(found) > DEPTH else 0.0
    return [*head, *((key, score - max(0.0, first - least)) for key, score in found[DEPTH:])]


def _text(title: str, text: str) -> str:
    return ". ".join(part for part in (title, text) if part)
