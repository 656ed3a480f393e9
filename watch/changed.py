"""Which rejected clusters may come back: what changed since a broker said no, old -> new (P32)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from terms.decision import Decision
from warehouse import items, revisions
from warehouse.revisions import Since
from warehouse.store import Connection

Cluster = tuple[str, str]  # company, cluster of today


def changed_since(connection: Connection, rejected: Sequence[tuple[Decision, str]]) -> dict[Cluster, str]:
    """(company, cluster) -> what changed after the last rejection in deadline, budget, eligibility or scope.

    rejected: each rejection with its cluster of today. What changed and changed back is no change.
    """
    members = items.read_members(connection, sorted({home for _, home in rejected}))
    every = revisions.material_since(connection, sorted({key for keys in members.values() for key in keys}))
    return changed_among(rejected, members, every)


def changed_among(
    rejected: Sequence[tuple[Decision, str]], members: Mapping[str, Sequence[str]], every: Sequence[Since]
) -> dict[Cluster, str]:
    """The same where members and material changes, oldest first, are at hand."""
    last: dict[Cluster, datetime] = {}
    for decision, home in rejected:
        key = (decision.company_key, home)
        last[key] = max(decision.decided_at, last.get(key, decision.decided_at))
    told = {}
    for (company, home), decided_at in last.items():
        keys = set(members.get(home, ()))
        said = _said(change for change in every if change.item_key in keys and change.changed_at > decided_at)
        if said:
            told[company, home] = said
    return told


def _said(changes: Iterable[Since]) -> str:
    """`deadline: 2027-01-12 -> 2027-02-09; …` from the first value before to the last after, item by item."""
    spans: dict[tuple[str, str], tuple[str, str, str]] = {}
    for change in changes:
        _, before, _ = spans.get((change.item_key, change.field), ("", change.before, ""))
        spans[change.item_key, change.field] = (change.kind, before, change.after)
    moved = [(field, *span) for (_, field), span in spans.items() if span[1] != span[2]]
    parts = [
        f"{kind}: text rewritten" if field == "text" else f"{kind}: {before} -> {after}"
        for field, kind, before, after in moved
    ]
    return "; ".join(dict.fromkeys(parts))
