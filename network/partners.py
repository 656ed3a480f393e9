"""Organisations that stand behind several pieces of a company's evidence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from network.names import name_key
from terms.digest import Accepted
from terms.item import Item, Organisation

FEWEST = 2
_ROLES = ("applicant", "affiliation")  # who did the work; funders and publishers did not


@dataclass(frozen=True)
class Standing:
    """An organisation as most often written, its country where one is stated, and its evidence, best fit first."""

    name: str
    country: str | None
    evidence: tuple[Accepted, ...]


def partners(evidence: Sequence[Accepted], company_name: str | None, fewest: int = FEWEST) -> list[Standing]:
    """Organisations behind at least `fewest` clusters of `evidence` (best fit first); most evidence first, by name."""
    excluded = {"", name_key(company_name or "")}
    behind = dict[str, dict[str, Accepted]]()
    names = dict[str, list[Organisation]]()
    for accepted in evidence:
        for organisation in _organisations(accepted.item):
            key = name_key(organisation.name)
            behind.setdefault(key, {}).setdefault(accepted.cluster_key, accepted)
            names.setdefault(key, []).append(organisation)
    found = [
        (key, _standing(names[key], tuple(clusters.values())))
        for key, clusters in behind.items()
        if key not in excluded and len(clusters) >= fewest
    ]
    return [
        standing for key, standing in sorted(found, key=lambda f: (-len(f[1].evidence), -f[1].evidence[0].fit, f[0]))
    ]


def _organisations(item: Item) -> Iterable[Organisation]:
    """Those who did the work. A name that is also a person's (an inventor who applied himself) is left out."""
    people = {frozenset(name_key(person.name).split()) for person in item.people}
    return (
        o for o in item.organisations if o.role in _ROLES and frozenset(name_key(o.name).split()) not in people
    )  # fmt: skip


def _standing(spellings: Sequence[Organisation], evidence: tuple[Accepted, ...]) -> Standing:
    written = Counter(o.name.strip() for o in spellings)
    countries = Counter(o.country for o in spellings if o.country)
    return Standing(
        min(written, key=lambda name: (-written[name], name)),
        min(countries, key=lambda code: (-countries[code], code), default=None),
        evidence,
    )
