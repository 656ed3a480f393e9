"""Hop 6, first half: accepted opportunities that no digest has told yet, as suggestions."""

from typing import NamedTuple

from ledger import companies
from network.advise import advise as suggest
from network.advise import unadvised
from terms.company import Company
from terms.decision import Decision
from terms.digest import Accepted, Line, Suggestion
from terms.match import Match
from warehouse import items, matches
from warehouse.items import Stored
from watch.accepted import accepted_of, source_titles
from watch.edits import not_to_tell
from watch.house import House
from watch.joining import outside_suggestions
from watch.propose import proposed
from watch.review import accepted


class Advice(NamedTuple):
    """What a company may be told: suggestions, and evidence that stands in none of them."""

    suggestions: tuple[Suggestion, ...]
    leftover: tuple[Line, ...]


def advise(house: House, company: Company) -> Advice:
    """Projects and partners from what brokers accepted for a company and no digest has told."""
    found = read_accepted(house, company)
    now = house.clock()
    suggestions = suggest(found, now, company_name=company.name)
    told = not_to_tell(house, company)
    known = {suggestion.partner for suggestion in suggestions if suggestion.partner}
    suggestions += outside_suggestions(house, company, found, told, known)
    suggestions = proposed(house, company, suggestions, found)
    return Advice(suggestions, unadvised(found, suggestions, now))


def read_accepted(house: House, company: Company) -> list[Accepted]:
    """Accepted clusters of a company, each once, most important need first; told ones are left out."""
    told = not_to_tell(house, company)
    titles = source_titles(house)
    once: dict[str, Decision] = {}
    for decision, cluster in accepted(house, company.id):
        if (company.id, cluster) not in told and (company.id, decision.cluster_key) not in told:
            once.setdefault(cluster, decision)
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, [d.item_key for d in once.values()])
        found = {cluster: matches.read_match(connection, d.need_key, cluster) for cluster, d in once.items()}
    pairs = [
        _accepted(house, cluster, decision, stored[decision.item_key], found[cluster], titles)
        for cluster, decision in once.items()
        if decision.item_key in stored
    ]
    return sorted(pairs, key=lambda a: (-a.need_priority, -a.fit, a.cluster_key))


def _accepted(
    house: House, cluster: str, made: Decision, stored: Stored, match: Match | None, titles: dict[str, str]
) -> Accepted:
    with house.ledger.read() as connection:
        version = companies.read_need(connection, made.need_key, made.need_version)
    if version is None or match is None:
        raise LookupError(f"decision on {cluster} for {made.need_key} v{made.need_version} has lost its match")
    return accepted_of(match, stored.item, version.need, titles, version=made.need_version, decided_at=made.decided_at)
