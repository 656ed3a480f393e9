"""Which organisations suit a need: fit of what they did, what they did in all, and with whom. Columns in, scores out.

The shorter a need is written, the more earlier activity counts beside its words: fifteen words say little, a call of
three pages says enough (naive Bayes with a prior: the evidence of the words grows with their number). Weights and how
they were found: docs/decisions/2026-11-24-partners.md.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_TINY = 1e-9


class PartnerRecipe(NamedTuple):
    """Weights beside the text's. prior_words: number of words at which activity counts as much as they do.

    letters, topics, votes, best: of the text's parts where single deeds are known; vote_flat: see network.votes.
    """

    name: str = "partners-2026-11-24"
    letters: float = 0.5
    topics: float = 2.0
    votes: float = 0.5
    best: float = 0.8
    vote_flat: float = 20.0
    prior_words: float = 12.0
    prior_most: float = 2.0
    worked_with: float = 2.0
    friends_of: float = 2.0


PARTNERS = PartnerRecipe()


class Candidates(NamedTuple):
    """Organisations, a row each. records: how many projects each had.

    projects: organisations x projects, 1 where it took part; None where that is not known.
    """

    records: Floats
    projects: csr_matrix | None = None


def rank_partners(
    texts: Sequence[Floats],
    words: Whole,
    candidates: Candidates,
    members: Whole,
    recipe: PartnerRecipe = PARTNERS,
    weights: Sequence[float] | None = None,
) -> Floats:
    """Scores, needs x organisations. texts: matrices of that shape, raw scores of any scale; at least one.

    weights: one a text; all alike where there are none.

    words: distinct content words of each need. members: per need the row of the organisation that is in already, or
    -1; its own score is minus infinity.
    """
    parts = zip(weights or [1.0] * len(texts), texts, strict=True)
    fit = _standard(np.sum([weight * _standard(text) for weight, text in parts], axis=0))
    prior = np.minimum(recipe.prior_most, recipe.prior_words / np.maximum(words, 1))
    scores = fit + prior[:, np.newaxis] * _standard(np.log1p(candidates.records)[np.newaxis, :])
    if candidates.projects is not None:
        direct, indirect = _company_kept(candidates.projects, members)
        scores += recipe.worked_with * direct + recipe.friends_of * indirect
    inside = np.flatnonzero(members >= 0)
    scores[inside, members[inside]] = -np.inf
    return scores


def _standard(matrix: Floats) -> Floats:
    """Each row with mean 0 and deviation 1; rows that are all alike become 0."""
    centred = matrix - matrix.mean(axis=1, keepdims=True)
    spread: Floats = centred / (matrix.std(axis=1, keepdims=True) + _TINY)
    return spread


def _company_kept(projects: csr_matrix, members: Whole) -> tuple[Floats, Floats]:
    """ln(1 + projects shared with the member), and the same for those whom its partners share with."""
    inside = np.flatnonzero(members >= 0)
    direct = np.zeros((len(members), projects.shape[0]))
    indirect = np.zeros_like(direct)
    if len(inside):
        whole = projects.astype(np.float64).tocsr()
        shared = (whole[members[inside]] @ whole.T).toarray()
        shared[np.arange(len(inside)), members[inside]] = 0.0
        direct[inside] = np.log1p(shared)
        indirect[inside] = np.log1p(_spread(whole, shared))
    return direct, indirect


def _spread(projects: csr_matrix, shared: Floats) -> Floats:
    """Each partner hands its count on to its own partners, in the share of projects that it has with each."""
    sizes = np.asarray(projects.multiply(projects).sum(axis=1)).ravel()
    links = np.asarray(projects @ (projects.T @ np.ones(projects.shape[0]))).ravel() - sizes
    given = shared / np.maximum(links, _TINY)
    reached: Floats = (projects @ (projects.T @ given.T)).T - given * sizes
    return np.maximum(reached, 0.0)
