"""Organisations of a file for every topic: their texts, their single deeds, what they did before, and with whom."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from network.fit import Library, counted_of
from network.rank import PARTNERS, Candidates, Floats, rank_partners
from network.votes import best_fits, rank_votes
from nlp.rank import MOST, Ranked, best, weigh
from nlp.recipe import TASKS
from nlp.text import counted, telling_stem
from terms.company import NeedVersion
from terms.match import Document
from watch.labelled import Row

_NEXT = re.compile(r" \| |(?<=\))\. ")
"""Between the deeds of one organisation's text: a bar, or the full stop behind a topic in brackets."""


def rank_organisations(
    rows: Mapping[str, Row], topics: Mapping[str, Row], organisations: Sequence[Document], needs: Sequence[NeedVersion]
) -> Iterator[tuple[str, Ranked]]:
    """Each topic's organisations, best first. organisations and needs: the rows and topics as read, in their order."""
    if not (rows and topics):
        return
    keys, recipe = list(rows), PARTNERS
    weighed = weigh(organisations, needs, TASKS["partner"])
    fits, owns = _deeds(organisations, needs)
    votes, best_deeds = rank_votes(fits, owns, recipe.vote_flat), best_fits(fits, owns)
    place = {key: row for row, key in enumerate(keys)}
    members = np.array([place.get(topic.get("known_member_id") or "", -1) for topic in topics.values()])
    texts = [weighed.letters.T, weighed.topics.T, votes, best_deeds]
    weights = [recipe.letters, recipe.topics, recipe.votes, recipe.best]
    scores = rank_partners(texts, weighed.words, _candidates(rows.values()), members, recipe, weights)
    for version, row in zip(needs, scores, strict=True):
        yield version.need_key, best(row, keys, MOST + 2, -np.inf)


def _deeds(organisations: Sequence[Document], needs: Sequence[NeedVersion]) -> tuple[Floats, csr_matrix]:
    """How well each single deed fits each need; and whose it is, organisations x deeds."""
    told = [[piece for piece in _NEXT.split(one.text) if piece.strip()] or [one.title] for one in organisations]
    texts = [_stems(piece, one.language) for one, own in zip(organisations, told, strict=True) for piece in own]
    starts = np.cumsum([0, *map(len, told)])
    owns = csr_matrix((np.ones(len(texts)), np.arange(len(texts)), starts), shape=(len(told), len(texts)))
    library = Library(counted_of(texts), owns)
    return np.array([library.fit_of_texts(_asked(version)) for version in needs]), owns


def _asked(version: NeedVersion) -> Mapping[str, float]:
    """A word that a need repeats counts by the root of how often: a call says `the system` forty times."""
    need = version.need
    words = _stems(f"{need.title} {need.title} {need.description}", need.language)
    return {stem: often**0.5 for stem, often in words.items()}


def _stems(text: str, language: str) -> Counter[str]:
    found = Counter[str]()
    for form, often in counted(text).items():
        if stem := telling_stem(form, language):
            found[stem] += often
    return found


def _candidates(rows: Iterable[Row]) -> Candidates:
    """How much each organisation did before (`n_awards`, else its `projects`, else one), and together with whom."""
    held = list(rows)
    projects = [[str(name) for name in row.get("projects") or ()] for row in held]
    records = [float(row.get("n_awards") or len(own) or 1) for row, own in zip(held, projects, strict=True)]
    columns = {name: column for column, name in enumerate(sorted(set[str]().union(*projects)))}
    if not columns:
        return Candidates(np.array(records))
    places = [(row, columns[name]) for row, own in enumerate(projects) for name in sorted(set(own))]
    took_part = csr_matrix((np.ones(len(places)), tuple(zip(*places, strict=True))), shape=(len(held), len(columns)))
    return Candidates(np.array(records), took_part)
