"""Outcomes per item and company; append-only, what stands is folded from it (P44)."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from ledger.tables_outcomes import outcomes
from terms.outcome import Outcome


def append_outcome(connection: Connection, outcome: Outcome) -> None:
    """Add one step."""
    connection.execute(outcomes.insert().values(**outcome.model_dump()))


def read_outcomes(connection: Connection, company_key: str | None = None) -> list[Outcome]:
    """Every row in the order it was noted, of one company or of all, undos too."""
    rows = select(outcomes).order_by(outcomes.c.outcome_no)
    if company_key is not None:
        rows = rows.where(outcomes.c.company_key == company_key)
    return [
        Outcome.model_validate({name: row._mapping[name] for name in Outcome.model_fields})
        for row in connection.execute(rows)
    ]


def standing_outcomes(history: Iterable[Outcome]) -> list[Outcome]:
    """What was not taken back, in the order it was noted."""
    stacks: dict[tuple[str, str], list[tuple[int, Outcome]]] = {}
    for place, outcome in enumerate(history):
        stack = stacks.setdefault((outcome.company_key, outcome.ref), [])
        if outcome.verb != "undo":
            stack.append((place, outcome))
        elif stack:
            stack.pop()
    return [outcome for _, outcome in sorted((pair for held in stacks.values() for pair in held), key=lambda p: p[0])]
