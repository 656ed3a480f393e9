"""CPC subclasses for texts that have none: learned from the patents that this house stores (issue 4, P03).

A linear model over the matcher's own space of topics and senses (nlp.ground): ridge regression of each subclass, one
against all, in closed form, so the same patents give the same model. What it says is a probability that a held-out
fifth of the patents bears out, not a bare score.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.calibrate import Curve, fit_curve
from nlp.ground import Ground
from nlp.recipe import Recipe
from nlp.terms import Floats, read, rows
from nlp.vectors import weighted
from terms.match import Document

FEWEST_PATENTS, FEWEST_OF_CLASS = 300, 5  # guesses: fewer teach nothing that holds
_RIDGE, _CONSTANT = 1.0, 0.3  # benchmarks/bench_classes.py: 1, 3 and 10 are alike
_JUDGED = 10  # best classes of a held-out patent that the probabilities are taken from
_SUBCLASS = 4
_LEFT_OUT = ("Y10",)  # former US cross-references, which say nothing of the text


class HeldOut(NamedTuple):
    """What the model was worth on patents it had not seen. first: share whose best class is one of theirs. likely,
    likely_right: predictions of probability one half or more, and the share of them that is right."""

    patents: int
    first: float
    likely: int
    likely_right: float


class Predicted(NamedTuple):
    """A subclass such as B25J, and how probable it is."""

    code: str
    probability: float


@dataclass(frozen=True)
class ClassModel:
    """One trained model. weights: (dimensions of the space + 1) x classes. patents: that it was trained on."""

    classes: tuple[str, ...]
    weights: NDArray[np.float32]
    curve: Curve
    patents: int
    held_out: HeldOut

    @property
    def model_version(self) -> str:
        """Changes with the classes and the weights."""
        return "classes-" + hashlib.sha256("\n".join(self.classes).encode() + self.weights.tobytes()).hexdigest()[:8]

    def predict(self, vectors: Floats, most: int = 5, least: float = 0.1) -> list[tuple[Predicted, ...]]:
        """The likeliest classes of each row, likeliest first; none for a row of zeros, which nothing is known of."""
        scores = _with_constant(vectors) @ self.weights.astype(np.float64)
        is_known = np.abs(vectors).sum(axis=1, keepdims=True) > 0
        chances = self.curve.at(scores) * is_known
        order = np.argsort(-chances, axis=1, kind="stable")[:, :most]
        return [
            tuple(Predicted(self.classes[c], float(own[c])) for c in best.tolist() if own[c] >= least)
            for own, best in zip(chances, order, strict=True)
        ]


def subclasses(codes: Collection[str]) -> frozenset[str]:
    """The subclasses (4 signs) of a document's CPC codes; of its IPC codes where it has no CPC."""
    for scheme in ("cpc:", "ipc:"):
        own = {code[len(scheme) :].strip()[:_SUBCLASS].upper() for code in codes if code.lower().startswith(scheme)}
        found = frozenset(code for code in own if len(code) == _SUBCLASS and not code.startswith(_LEFT_OUT))
        if found:
            return found
    return frozenset()


def places_of(documents: Sequence[Document], ground: Ground, recipe: Recipe) -> Floats:
    """Where each document lies in the ground's space."""
    stems = [read(document, recipe).stems for document in documents]
    return ground.topics.vectors(weighted(rows(stems, ground.columns), ground.idf))


def train(vectors: Floats, labels: Sequence[Collection[str]], keys: Sequence[str]) -> ClassModel | None:
    """Learn from patents, a row each; None where they are too few.

    keys: name the patents, so that the same fifth is held out each time. The order of the rows does not matter but for
    rounding; callers give them by key.
    """
    if len(keys) < FEWEST_PATENTS:
        return None
    apart = np.array([hashlib.sha256(key.encode("utf-8", "replace")).digest()[0] % 5 == 0 for key in keys])
    learned = _fitted(vectors[~apart], [own for own, out in zip(labels, apart, strict=True) if not out])
    classes, weights = _fitted(vectors, labels)
    if not (classes and learned[0] and apart.any()):
        return None
    theirs = [own for own, out in zip(labels, apart, strict=True) if out]
    curve, held_out = _judged(vectors[apart], theirs, *learned)
    return ClassModel(classes, weights.astype(np.float32), curve, len(keys), held_out)


def _fitted(vectors: Floats, labels: Sequence[Collection[str]]) -> tuple[tuple[str, ...], Floats]:
    """Classes with enough patents, and the regression's weights for each."""
    often = Counter(code for own in labels for code in set(own))
    classes = tuple(sorted(code for code, count in often.items() if count >= FEWEST_OF_CLASS))
    place = {code: column for column, code in enumerate(classes)}
    pairs = [(row, place[code]) for row, own in enumerate(labels) for code in sorted(own) if code in place]
    if not pairs:
        return (), np.zeros((0, 0))
    is_of = csr_matrix((np.ones(len(pairs)), tuple(zip(*pairs, strict=True))), shape=(len(labels), len(classes)))
    design = _with_constant(vectors)
    moment = design.T @ design + _RIDGE * np.eye(design.shape[1])
    return classes, np.linalg.solve(moment, np.asarray((is_of.T @ design).T))


def _with_constant(vectors: Floats) -> Floats:
    return np.hstack([vectors, np.full((len(vectors), 1), _CONSTANT)])


def _judged(
    vectors: Floats, labels: Sequence[Collection[str]], classes: tuple[str, ...], weights: Floats
) -> tuple[Curve, HeldOut]:
    """The curve from scores to probabilities, and what they are worth, on patents that had no part in the weights."""
    scores = _with_constant(vectors) @ weights
    order = np.argsort(-scores, axis=1, kind="stable")[:, :_JUDGED]
    best = np.take_along_axis(scores, order, axis=1)
    right = np.array([[classes[c] in own for c in row] for row, own in zip(order.tolist(), labels, strict=True)])
    curve = fit_curve(best.ravel(), right.ravel(), np.ones(right.size))
    likely = curve.at(best) >= 0.5
    sure = float(right[likely].mean()) if likely.any() else 0.0
    return curve, HeldOut(len(labels), float(right[:, 0].mean()), int(likely.sum()), sure)


def packed(model: ClassModel) -> bytes:
    """The model as numpy's archive without pickled objects."""
    octets = BytesIO()
    np.savez(
        octets,
        allow_pickle=False,
        classes=np.frombuffer("\n".join(model.classes).encode(), dtype=np.uint8),
        weights=model.weights,
        curve=np.array(model.curve),
        patents=np.array(model.patents),
        held_out=np.array(model.held_out, dtype=np.float64),
    )
    return octets.getvalue()


def unpacked(octets: bytes) -> ClassModel:
    """A model from what `packed` gave. Raises ValueError or KeyError for anything else."""
    with np.load(BytesIO(octets), allow_pickle=False) as found:
        patents, first, likely, right = found["held_out"].tolist()
        return ClassModel(
            tuple(bytes(found["classes"]).decode().split("\n")),
            found["weights"],
            Curve(*found["curve"].tolist()),
            int(found["patents"]),
            HeldOut(int(patents), first, int(likely), right),
        )
