"""The engagement's dates: it lasts 18 months unless the map says otherwise."""

from datetime import date

from needs.problems import Problem
from needs.tree import Node

MONTHS = 18
_LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def planned_end(start: date, months: int = MONTHS) -> date:
    """`months` later on the same day of the month, or on the month's last day where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(min(start.day, _LAST_DAYS[month]), 0, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:  # 29 February in a common year
            continue
    raise ValueError(f"no end {months} months after {start}")


def complete_engagement(root: Node) -> None:
    """Put the default planned_end into the tree where the map leaves it out and start can be read."""
    engagement, start = root.at("engagement"), _date(root.at("engagement", "start"))
    if engagement and start and start.year < date.max.year - MONTHS // 12 and "planned_end" not in engagement.children:
        line = engagement.children["start"].line
        engagement.children["planned_end"] = Node(line, planned_end(start).isoformat())


def engagement_problems(root: Node) -> list[Problem]:
    """planned_end must not lie before start."""
    start, end = (_date(root.at("engagement", name)) for name in ("start", "planned_end"))
    node = root.at("engagement", "planned_end")
    if not (node and start and end) or end >= start:
        return []
    return [Problem(node.line, "engagement.planned_end", f"{end} lies before the start, {start}")]


def _date(node: Node | None) -> date | None:
    try:
        return date.fromisoformat(node.plain) if node and isinstance(node.plain, str) else None
    except ValueError:
        return None
