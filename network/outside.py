"""Partners from outside (P41): organisations ranked by what they did on a topic, with whom, how lately, from where."""

from bisect import insort
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from network.fit import Counted, Counts, Library
from network.names import name_key
from network.rank import Candidates, Floats, rank_partners
from terms.organisation import Deed, Organisation, Partner, PartnerEvidence

EVIDENCE = 5
_FITTING = 0.4  # share of the best deed's fit from which a deed counts as evidence
_YEARS = 3.0
_RECENT, _LED, _ANNOUNCED, _NEAR, _OTHER_KIND = 0.5, 0.2, 0.6, 0.2, 0.1
_MOST_BONUS = _RECENT + _LED + _ANNOUNCED + 2 * _NEAR + _OTHER_KIND
_THREADS = 2
_TINY = 1e-9
_KINDS = {"project": "project", "publication": "paper", "patent": "patent", "announcement": "announcement"}


class Seeker(NamedTuple):
    """Who looks for a partner, and under which call. countries: those that the call names."""

    name: str
    country: str
    region: str | None
    today: date
    call: str | None = None
    countries: tuple[str, ...] = ()


class Field(NamedTuple):
    """All deeds and who did them. did: organisations x deeds; done_by: the same turned; called: rows by name key.

    Organisations stand in the order of their keys.
    """

    deeds: Sequence[Deed]
    organisations: Sequence[Organisation]
    did: csr_matrix
    done_by: csr_matrix
    called: Mapping[str, Sequence[int]]
    candidates: Candidates
    library: Library


class Asking(NamedTuple):
    """What somebody asks for, as counted stems, and who asks."""

    stems: Counts
    seeker: Seeker


def field_of(deeds: Sequence[Deed], organisations: Mapping[str, Organisation], counted: Counted) -> Field:
    """Lay out the deeds whose organisations are known. counted: the words of each deed, in the order of `deeds`."""
    behind = sorted({key for deed in deeds for key, _ in deed.organisations if key in organisations})
    by_key = {key: row for row, key in enumerate(behind)}
    pairs = sorted({(by_key[k], at) for at, deed in enumerate(deeds) for k, _ in deed.organisations if k in by_key})
    rows, columns = np.array([r for r, _ in pairs], int), np.array([c for _, c in pairs], int)
    did = csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(behind), len(deeds)))
    project = np.array([deed.kind == "project" for deed in deeds], dtype=float)
    projects = csr_matrix(did.multiply(project[np.newaxis, :]))
    projects.eliminate_zeros()
    known = [organisations[key] for key in behind]
    candidates = Candidates(np.asarray(did.sum(axis=1)).ravel(), projects)
    return Field(deeds, known, did, did.T.tocsr(), _called(known), candidates, Library(counted, did))


def _called(known: Sequence[Organisation]) -> Mapping[str, Sequence[int]]:
    rows: dict[str, list[int]] = {}
    for row, one in enumerate(known):
        for key in {name_key(one.name), *map(name_key, one.aliases)}:
            rows.setdefault(key, []).append(row)
    return rows


def many_partners(field: Field, asking: Sequence[Asking], titles: Mapping[str, str], most: int) -> list[list[Partner]]:
    """The partners of each of many askings, in their order; two at a time, since the loops leave Python's lock."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda one: outside_partners(field, one.stems, one.seeker, titles, most), asking))


def outside_partners(
    field: Field, asked: Counts, seeker: Seeker, titles: Mapping[str, str], most: int
) -> list[Partner]:
    """The organisations that suit, best first; each with evidence, newest first. titles: of sources, by name.

    The seeker itself is left out; so is who is not allowed by the call's countries and who did nothing that fits.
    """
    if not field.organisations:
        return []
    fits = field.library.fit_of_texts(asked)
    inside = field.called.get(name_key(seeker.name), ())
    scores = _scores(field, asked, fits, inside[0] if inside else -1)
    near = fits >= _FITTING * max(float(fits.max(initial=0.0)), _TINY)
    found = list[_Found]()
    for row in _by_score(field, near, scores):
        if len(found) >= most and scores[row] + _MOST_BONUS < found[most - 1].score:
            break  # whatever speaks for it and for those after it, they stay below
        if row not in inside and _allowed(field.organisations[row], seeker) is not False:
            fitting = [at for at in _deeds_of(field, row) if near[at]]
            bonus, why = _bonus(field, field.organisations[row], fitting, seeker)
            insort(found, _Found(float(scores[row]) + bonus, row, fitting, why), key=lambda one: (-one.score, one.row))
    return [_partner(field, one, fits, seeker, titles) for one in found[:most]]


def _by_score(field: Field, near: NDArray[np.bool_], scores: Floats) -> list[int]:
    """The organisations that did something near the best fit, best first."""
    starts, who = field.done_by.indptr, field.done_by.indices
    runs = [who[starts[deed] : starts[deed + 1]] for deed in np.flatnonzero(near)]
    rows = np.unique(np.concatenate(runs)) if runs else np.empty(0, dtype=np.int32)
    ordered: list[int] = rows[np.argsort(-scores[rows], kind="stable")].tolist()
    return ordered


def _deeds_of(field: Field, row: int) -> list[int]:
    found: list[int] = field.did.indices[field.did.indptr[row] : field.did.indptr[row + 1]].tolist()
    return found


class _Found(NamedTuple):
    score: float
    row: int
    fitting: Sequence[int]
    why: tuple[str, ...]


def _partner(field: Field, one: _Found, fits: Floats, seeker: Seeker, titles: Mapping[str, str]) -> Partner:
    organisation = field.organisations[one.row]
    return Partner(
        organisation=organisation,
        score=round(one.score, 3),
        because=one.why,
        allowed=_allowed(organisation, seeker),
        evidence=_evidence(field, one.row, one.fitting, fits, titles),
    )


def _scores(field: Field, asked: Counts, fits: Floats, member: int) -> Floats:
    whole, best = field.library.fit_of_groups(asked), _mean_of_best(field, fits)
    words, members = np.array([len(asked)], dtype=np.int64), np.array([member], dtype=np.int64)
    texts = [whole[np.newaxis, :], best[np.newaxis, :]]
    return np.asarray(rank_partners(texts, words, field.candidates, members)[0], dtype=np.float64)


def _mean_of_best(field: Field, fits: Floats) -> Floats:
    """The mean fit of each organisation's three best deeds, or of as many as it has."""
    from network.kernel import mean_of_best  # noqa: PLC0415 - numba takes most of a second to import

    means = np.empty(len(field.organisations))
    mean_of_best(fits, field.did.indptr, field.did.indices, means)
    return means


def _allowed(one: Organisation, seeker: Seeker) -> bool | None:
    """Whether the call's countries name the organisation's; None where either is not stated."""
    return one.country in seeker.countries if seeker.countries and one.country else None


def _bonus(field: Field, one: Organisation, fitting: Sequence[int], seeker: Seeker) -> tuple[float, tuple[str, ...]]:
    """What speaks for a partner beside fit and record, and the same in words."""
    deeds = [field.deeds[at] for at in fitting]
    kinds = Counter(_KINDS[deed.kind] for deed in deeds)
    why = [", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in kinds.items()) + " on this"]
    dates = [deed.dated_on for deed in deeds if deed.dated_on]
    bonus = 0.0
    if dates:
        age = max(0.0, (seeker.today - max(dates)).days / 365.25)
        bonus += _RECENT * float(np.exp(-age / _YEARS))
        why.append("still running" if max(dates) >= seeker.today else f"newest {max(dates):%Y-%m}")
    if led := sum((one.organisation_key, "coordinator") in deed.organisations for deed in deeds):
        bonus, why = bonus + _LED, [*why, f"led {led}"]
    if any(deed.kind == "announcement" and seeker.call in deed.calls for deed in deeds):
        bonus, why = bonus + _ANNOUNCED, [*why, "seeks partners under this call"]
    if one.country == seeker.country:
        bonus, why = bonus + _NEAR, [*why, "same country"]
        if seeker.region and one.region and name_key(seeker.region) == name_key(one.region):
            bonus, why = bonus + _NEAR, [*why, "same region"]
    if one.type in ("university", "institute", "public"):
        bonus, why = bonus + _OTHER_KIND, [*why, "brings what a small company lacks: research"]
    return bonus, tuple(why)


def _evidence(
    field: Field, row: int, fitting: Sequence[int], fits: Floats, titles: Mapping[str, str]
) -> tuple[PartnerEvidence, ...]:
    """The best deeds, newest first."""
    key = field.organisations[row].organisation_key
    chosen = sorted(fitting, key=lambda at: -fits[at])[:EVIDENCE]
    told = [
        PartnerEvidence(
            kind=deed.kind,
            key=deed.key,
            title=deed.title,
            url=deed.url,
            source_title=titles.get(deed.source, deed.source),
            dated_on=deed.dated_on,
            role=dict(deed.organisations).get(key),
            fit=round(float(fits[at]), 3),
        )
        for at in chosen
        for deed in [field.deeds[at]]
    ]
    return tuple(sorted(told, key=lambda one: (-(one.dated_on or date.min).toordinal(), one.key)))
