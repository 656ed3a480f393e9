"""What learning is worth per need, as the desk shows it (P26)."""

from typing import NamedTuple

from watch.desk_queue import Workroom


class Lesson(NamedTuple):
    """One need. learned, unlearned: precision 0 to 1, None where too little was decided. missed: 95 % interval."""

    company_key: str
    need_key: str
    decisions: int
    learned: float | None
    unlearned: float | None
    state: str
    explored: int
    missed: str


def learning_key(room: Workroom) -> str:
    """Changes with the published copy, and every hour: decisions come in all day."""
    return f"learning {room.warehouse.stamp} {room.house.clock():%Y-%m-%d %H}"


def learning_rows(room: Workroom) -> list[Lesson]:
    """Every need, by key; shown by company only to those who serve it."""
    from watch.learning import work_out  # noqa: PLC0415 - scikit-learn takes seconds to import

    return [
        Lesson(
            key.partition("/")[0], key, learnt.decisions, learnt.learned, learnt.unlearned, learnt.state,
            learnt.misses.looked, f"{learnt.misses.low:.2f}–{learnt.misses.high:.2f}" if learnt.misses.looked else "",
        )
        for key, learnt in work_out(room.house).needs.items()
    ]  # fmt: skip
