"""Partners from outside (P41): organisations ranked by what they did on a topic, with whom, how lately, from where."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from network.fit import Counts, Library
from network.names import name_key
from network.rank import Candidates, Floats, rank_partners
from terms.organisation import Deed, Organisation, Partner, PartnerEvidence

EVIDENCE = 5
_FITTING = 0.4  # share of the best deed's fit from which a deed counts as evidence
_BEST = 3
_YEARS = 3.0
_RECENT, _LED, _ANNOUNCED, _NEAR, _OTHER_KIND = 0.5, 0.2, 0.6, 0.2, 0.1
_FORBIDDEN = 100.0
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
    """All deeds and who did them. took_part: organisations x deeds. by_key: the row of each organisation."""

    deeds: Sequence[Deed]
    organisations: Sequence[Organisation]
    took_part: csr_matrix
    by_key: Mapping[str, int]
    library: Library


def field_of(deeds: Sequence[Deed], organisations: Mapping[str, Organisation], counted: Sequence[Counts]) -> Field:
    """Lay out the deeds whose organisations are known. counted: the stems of each deed, in the order of `deeds`."""
    behind = sorted({key for deed in deeds for key, _ in deed.organisations if key in organisations})
    by_key = {key: row for row, key in enumerate(behind)}
    pairs = sorted({(by_key[k], at) for at, deed in enumerate(deeds) for k, _ in deed.organisations if k in by_key})
    rows, columns = np.array([r for r, _ in pairs], int), np.array([c for _, c in pairs], int)
    took_part = csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(behind), len(deeds)))
    return Field(deeds, [organisations[key] for key in behind], took_part, by_key, Library(counted, took_part))


def outside_partners(
    field: Field, asked: Counts, seeker: Seeker, titles: Mapping[str, str], most: int
) -> list[Partner]:
    """The organisations that suit, best first; each with evidence, newest first. titles: of sources, by name.

    The seeker itself is left out; so is who is not allowed by the call's countries and who did nothing that fits.
    """
    if not field.organisations:
        return []
    fits = field.library.fit_of_texts([asked])[0]
    floor = _FITTING * float(fits.max(initial=0.0))
    own = {name_key(seeker.name)}
    inside = [
        row for row, one in enumerate(field.organisations) if own & {name_key(one.name), *map(name_key, one.aliases)}
    ]
    scores = _scores(field, asked, fits, inside[0] if inside else -1)
    found = []
    for row, one in enumerate(field.organisations):
        fitting = [at for at in _deeds_of(field, row) if fits[at] >= floor > 0]
        allowed = _allowed(one, seeker)
        if fitting and row not in inside and allowed is not False:
            bonus, why = _bonus(field, one, fitting, seeker)
            found.append((float(scores[row]) + bonus, row, fitting, allowed, why))
    found.sort(key=lambda one: (-one[0], field.organisations[one[1]].organisation_key))
    return [
        Partner(
            organisation=field.organisations[row],
            score=round(score, 3),
            because=why,
            allowed=allowed,
            evidence=_evidence(field, row, fitting, fits, titles),
        )
        for score, row, fitting, allowed, why in found[:most]
    ]


def _scores(field: Field, asked: Counts, fits: Floats, member: int) -> Floats:
    whole = field.library.fit_of_groups([asked])
    best = np.array([[_mean_of_best(fits[_deeds_of(field, row)]) for row in range(len(field.organisations))]])
    done = np.array([deed.kind == "project" for deed in field.deeds], dtype=float)
    projects = csr_matrix(field.took_part.multiply(done[np.newaxis, :]))
    records = np.asarray(field.took_part.sum(axis=1)).ravel()
    words, members = np.array([len(asked)], dtype=np.int64), np.array([member], dtype=np.int64)
    return np.asarray(rank_partners([whole, best], words, Candidates(records, projects), members)[0], dtype=np.float64)


def _mean_of_best(fits: Floats) -> float:
    return float(np.sort(fits)[-_BEST:].mean()) if len(fits) else 0.0


def _deeds_of(field: Field, row: int) -> list[int]:
    held = field.took_part
    return [int(at) for at in held.indices[held.indptr[row] : held.indptr[row + 1]]]


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
