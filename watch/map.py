"""The network map as a use case: what the companies of a scope share in partners and topics, closed needs left out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from network.map import Ties, laid_out, network_map
from network.partners import partners
from nlp.languages import stem
from terms.company import Company
from terms.digest import Accepted
from terms.item import Item
from terms.match import Match
from terms.network_map import NetworkMap, NodeKind
from terms.person import Scope
from warehouse import items
from watch.companies import find_company, read_watched
from watch.house import House
from watch.joint import brokers_only, standing_matches


def map_of(
    house: House, scope: Scope, company_key: str | None = None, kinds: frozenset[NodeKind] | None = None
) -> NetworkMap:
    """The map of the companies that a broker serves, or of one with those tied to the same; kinds: what else is drawn.

    Raises NotFound for a company of others, VardeError for who is no broker.
    """
    brokers_only(scope)
    if company_key is not None:
        find_company(house, scope.require(company_key))
    served = [company for company in read_watched(house) if company.id in scope.companies]
    drawn = network_map(_ties(house, served))
    if kinds is not None:
        drawn = drawn.only(kinds)
    return laid_out(drawn.around(company_key) if company_key else drawn)


def _ties(house: House, served: Sequence[Company]) -> list[Ties]:
    found = standing_matches(house, served)
    opened = {f"{c.id}/{need.id}" for c in served for need in c.needs if need.confidentiality == "open"}
    shown = {key: [match for match in held if match.need_key in opened] for key, held in found.items()}
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, sorted({m.item_key for held in shown.values() for m in held}))
    by_key = {key: one.item for key, one in stored.items()}
    label = _labels(match for held in shown.values() for match in held)
    return [_ties_of(house, company, shown[company.id], by_key, label) for company in served]


def _labels(held: Iterable[Match]) -> dict[str, str]:
    """Each word that counted, in lower case -> the commonest of its forms: sensor and sensors are one topic."""
    forms = Counter(term.lower() for match in held for term in match.reasons.terms if ":" not in term)
    best: dict[str, str] = {}
    for form in sorted(forms, key=lambda one: (-forms[one], one)):
        best.setdefault(_stems(form), form)
    return {form: best[_stems(form)] for form in forms}


def _stems(form: str) -> str:
    return " ".join(stem(word, "en") for word in form.split())


def _ties_of(
    house: House, company: Company, held: Sequence[Match], by_key: Mapping[str, Item], label: Mapping[str, str]
) -> Ties:
    evidence = [
        _evidence(house, company, match, by_key[match.item_key])
        for match in sorted(held, key=lambda m: (-m.fit, m.cluster_key))
        if match.item_key in by_key
    ]
    standing = partners([one for one in evidence if one.item.kind != "call"], company.name)
    words = Counter(label[term.lower()] for one in evidence for term in one.reasons.terms if ":" not in term)
    return Ties(company.id, company.name, {one.name: len(one.evidence) for one in standing}, words)


def _evidence(house: House, company: Company, match: Match, item: Item) -> Accepted:
    need = next((need for need in company.needs if f"{company.id}/{need.id}" == match.need_key), None)
    return Accepted(
        company_key=company.id,
        need_key=match.need_key,
        need_version=match.need_version,
        need_title=need.title if need else None,
        need_priority=need.priority if need else 1,
        cluster_key=match.cluster_key,
        item=item,
        fit=match.fit,
        reasons=match.reasons,
        source_title=item.source,
        decided_at=house.clock(),
    )
