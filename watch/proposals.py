"""Proposals for a need from its plain description: terms, classes, TRL, and what it would have found (P03).

A broker takes over what is right; nothing here changes a need, and each proposal says what it rests on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from nlp.classes import Predicted, subclasses
from nlp.ground import Ground
from nlp.languages import known
from nlp.phrases import Why, phrases, shared_phrases
from nlp.propose import NEAREST, flags_by_term, place_of, version_of
from nlp.recipe import CURRENT
from nlp.trl import Maturity, maturity
from terms.company import Need
from terms.match import Match
from warehouse import classes, loads, matches
from warehouse.store import Connection
from watch.classes import MOST_PATENTS, Standing, class_model
from watch.desk_trial import SPAN, Trial, found_last_month
from watch.house import House
from watch.sweep import ground_of, score_stream

_NEVER = 2**31 - 1
_LIKELY = 0.15  # of a class; guess: below it is not worth a broker's look
_AS_NEAR = 0.5  # guess: of the nearest patent's fit
_NAMED = 3  # patents shown beside a class


class TermProposal(NamedTuple):
    """A term. weight: 0..1. flags: items of the last month that it would flag if it stood among the need's own terms.

    is_near: from what lies nearest, not from the description itself.
    """

    text: str
    weight: float
    why: tuple[Why, ...]
    flags: int
    is_near: bool


class ClassProposal(NamedTuple):
    """A CPC subclass. probability: by the model; None where it says nothing. patents: titles of the nearest that carry
    it; carried: how many of the nearest do."""

    code: str
    probability: float | None
    carried: int
    patents: tuple[str, ...]


class Proposals(NamedTuple):
    """What is proposed for a need as it is written. examined: items of the last month. nearest: patents looked at
    for classes. classes_by: the model of classes and the share of held-out patents whose first class was right."""

    need: Need
    terms: tuple[TermProposal, ...]
    classes: tuple[ClassProposal, ...]
    maturity: Maturity
    trial: Trial
    nearest: int
    classes_by: tuple[str, float] | None


def propose(house: House, company_key: str, need: Need, step: Callable[[str], None] = lambda _: None) -> Proposals:
    """Work out proposals for a need, saved or not; nothing is stored. What the need has already is not proposed."""
    step("what it would have found last month")
    trial = found_last_month(house, company_key, need)
    with house.warehouse.read() as connection:
        step("the nearest patents")
        clusters = sum(matches.count_clusters(connection, 0))
        ground, _ = ground_of(connection, _NEVER, clusters, CURRENT)
        near = _nearest_patents(connection, need, ground)
        step("how often each term would flag")
        terms = _terms(connection, house, need, ground, trial)
        standing = class_model(connection)
    codes = _classes(need, near, standing)
    by = (standing.model.model_version, standing.model.held_out.first) if standing else None
    told = maturity(f"{need.title}. {need.description}", known(need.language))
    return Proposals(need, terms, codes, told, trial, len(near), by)


def _terms(connection: Connection, house: House, need: Need, ground: Ground, trial: Trial) -> tuple[TermProposal, ...]:
    own = phrases(need.title, need.description, known(need.language), ground)
    texts = [(h.item.title, h.item.text, known(h.item.language)) for h in trial.hits[: NEAREST.keep_per_need]]
    near = shared_phrases(texts, own, ground) if len(texts) > 1 else []
    held = {term.casefold() for term in (*need.include, *need.exclude)}
    wanted = [(one, is_near) for every, is_near in ((own, False), (near, True)) for one in every]
    wanted = [(one, is_near) for one, is_near in wanted if one.text.casefold() not in held]
    since = loads.last_before(connection, house.clock() - SPAN)
    flags = flags_by_term(matches.stream_documents(connection, since), [one.text for one, _ in wanted], need)
    return tuple(
        TermProposal(one.text, one.weight, one.why, count, is_near)
        for (one, is_near), count in zip(wanted, flags, strict=True)
    )


def _nearest_patents(connection: Connection, need: Need, ground: Ground) -> list[tuple[str, frozenset[str]]]:
    """Title and subclasses of the patents nearest to a need, nearest first; those half as near as the first or less are
    left out, as a small house has few patents."""
    keys = classes.sample_patents(connection, MOST_PATENTS)
    if not keys:
        return []
    tables = classes.stream_patents(connection, keys)
    found: Sequence[Match] = score_stream(connection, [version_of(need)], tables, ground, NEAREST)
    near = [match.cluster_key for match in found if match.fit >= _AS_NEAR * found[0].fit]
    documents = {d.cluster_key: d for d in matches.read_documents(connection, near)}
    told = [documents[key] for key in near if key in documents]
    return [(document.title, subclasses(document.codes)) for document in told if subclasses(document.codes)]


def _classes(
    need: Need, near: Sequence[tuple[str, frozenset[str]]], standing: Standing | None
) -> tuple[ClassProposal, ...]:
    predicted = _predicted(need, standing)
    carriers = _carriers(near)
    held = {code.replace(" ", "")[:4] for code in need.cpc}
    found = [
        ClassProposal(code, predicted.get(code), len(carriers.get(code, ())), tuple(carriers.get(code, ())[:_NAMED]))
        for code in sorted({*predicted, *carriers} - held)
    ]
    worth = [one for one in found if one.probability is not None or one.carried > 1 or len(near) < _NAMED]
    return tuple(sorted(worth, key=lambda one: (-(one.probability or 0) - one.carried / 10, one.code))[:8])


def _predicted(need: Need, standing: Standing | None) -> Mapping[str, float]:
    if standing is None:
        return {}
    said: Iterable[Predicted] = standing.model.predict(place_of(need, standing.ground), least=_LIKELY)[0]
    return {one.code: one.probability for one in said}


def _carriers(near: Sequence[tuple[str, frozenset[str]]]) -> dict[str, list[str]]:
    carriers = dict[str, list[str]]()
    for title, codes in near:
        for code in codes:
            carriers.setdefault(code, []).append(title)
    return carriers
