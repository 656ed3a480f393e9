"""A match with its item and need as the suggestions read it; one way for digests and for project pages."""

from collections.abc import Mapping
from datetime import datetime

from ledger import decisions
from terms.company import Need
from terms.digest import Accepted
from terms.item import Item
from terms.match import Match
from warehouse import items
from watch.collect import source_facts
from watch.house import House


def accepted_of(
    match: Match, item: Item, need: Need | None, titles: Mapping[str, str], *, version: int, decided_at: datetime
) -> Accepted:
    """need: as it stands in that version; what is closed or gone gives no title (P04). titles: of sources by name."""
    return Accepted(
        company_key=match.need_key.partition("/")[0],
        need_key=match.need_key,
        need_version=version,
        need_title=need.title if need and need.confidentiality == "open" else None,
        need_priority=need.priority if need else 1,
        cluster_key=match.cluster_key,
        item=item,
        fit=match.fit,
        reasons=match.reasons,
        source_title=titles.get(item.source, item.source),
        decided_at=decided_at,
    )


def source_titles(house: House) -> dict[str, str]:
    """Titles of sources by name; ask once a run, since it reads every source's file."""
    return {name: facts.title for name, facts in source_facts(house).items()}


def refused_clusters(house: House, company_key: str) -> set[str]:
    """Clusters that stand rejected or as duplicates, under their names of then and of today (P32)."""
    with house.ledger.read() as connection:
        stands = decisions.standing(decisions.read_decisions(connection, company_key)).values()
    refused = [s.decision.cluster_key for s in stands if s.decision.verb in ("reject", "duplicate")]
    with house.warehouse.read() as connection:
        return set(items.read_clusters_of(connection, refused).values()) | set(refused)
