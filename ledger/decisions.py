"""Hop 5: what brokers decided; append-only, the present state is folded from it."""

from collections.abc import Container, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger.tables import decisions
from terms.decision import Decision


class Standing(NamedTuple):
    """What stands for each cluster of one company after undos are taken off: the last decision."""

    decision_no: int
    decision: Decision


def append(connection: Connection, decision: Decision) -> int:
    """Add one decision; returns its number."""
    inserted = connection.execute(decisions.insert().values(**decision.model_dump()))
    key = inserted.inserted_primary_key
    return int(key[0]) if key else 0


def read_decisions(connection: Connection, company_key: str | None = None) -> list[Standing]:
    """Every decision in the order it was made, of one company or of all."""
    rows = select(decisions).order_by(decisions.c.decision_no)
    if company_key is not None:
        rows = rows.where(decisions.c.company_key == company_key)
    return [Standing(row.decision_no, _decision(dict(row._mapping))) for row in connection.execute(rows)]


def read_unseen(connection: Connection, after: int, seen: Container[int]) -> list[Standing]:
    """Decisions with a higher number that are not among those seen, of all companies, in order."""
    numbers = select(decisions.c.decision_no).where(decisions.c.decision_no > after)
    fresh = {number for number in connection.execute(numbers).scalars() if number not in seen}
    if not fresh:
        return []
    rows = select(decisions).where(decisions.c.decision_no >= min(fresh)).order_by(decisions.c.decision_no)
    found = connection.execute(rows)
    return [Standing(row.decision_no, _decision(dict(row._mapping))) for row in found if row.decision_no in fresh]


def last_no(connection: Connection, company_key: str, cluster_keys: Iterable[str]) -> int:
    """The number of the newest decision of a company on any of these clusters, undos too; 0 before the first."""
    on = (decisions.c.company_key == company_key) & decisions.c.cluster_key.in_(list(cluster_keys))
    return int(connection.execute(select(func.max(decisions.c.decision_no)).where(on)).scalar() or 0)


def standing(history: Iterable[Standing]) -> dict[tuple[str, str], Standing]:
    """(company, cluster key as decided) -> the decision that stands; undo uncovers the one before it."""
    stacks: dict[tuple[str, str], list[Standing]] = {}
    for entry in history:
        stack = stacks.setdefault((entry.decision.company_key, entry.decision.cluster_key), [])
        if entry.decision.verb != "undo":
            stack.append(entry)
        elif stack:
            stack.pop()
    return {key: stack[-1] for key, stack in stacks.items() if stack}


def _decision(row: dict[str, object]) -> Decision:
    return Decision.model_validate({name: row[name] for name in Decision.model_fields})
