"""Words of the EU Funding & Tenders portal that its two shapes (search, file) share."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from spiders.kinds.dates import brussels_deadline, day, moment
from spiders.kinds.rows import Row, euros, mapping
from spiders.kinds.trouble import Unreadable

SCREEN = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/"
STATUSES = {"31094501": "forthcoming", "31094502": "open", "31094503": "closed"}
PROGRAMMES = {
    "43108390": "Horizon Europe",
    "43152860": "Digital Europe",
    "43252476": "Single Market Programme",
    "43252405": "LIFE",
    "43089234": "Innovation Fund",
    "43332642": "EU4Health",
    "43251567": "Connecting Europe Facility",
    "44416173": "Interregional Innovation Investments",
    "44181033": "European Defence Fund",
    "43353764": "Erasmus+",
    "43251814": "Creative Europe",
    "43251589": "Citizens, Equality, Rights and Values",
    "31045243": "Horizon 2020",
}
_TRL = re.compile(r"TRLs?\)?[\s:]*(?:level )?(\d)(?!\d)(?:\s*(?:-|–|to|/|and)\s*(?:TRL\s*)?(\d)(?!\d))?", re.I)


@dataclass(frozen=True)
class Budget:
    """Euro of one topic. None where the portal does not say."""

    total: int | None = None
    smallest: int | None = None
    largest: int | None = None


def trl_of(*texts: str) -> tuple[int, int] | None:
    """The lowest and highest technology readiness level that the texts name; None where they name none."""
    found = [int(level) for text in texts for pair in _TRL.findall(text) for level in pair if level]
    levels = [level for level in found if 1 <= level <= 9]
    return (min(levels), max(levels)) if levels else None


def deadlines_of(written: Iterable[str]) -> tuple[datetime, ...]:
    """Deadlines, aware and in order; a date alone means 17:00 in Brussels. Raises Unreadable for an unclear one."""
    return tuple(sorted({_deadline(text) for text in written}))


def _deadline(text: str) -> datetime:
    if at := moment(text):
        return brussels_deadline(at)
    if on := day(text):
        return brussels_deadline(datetime.combine(on, time(), UTC))
    raise Unreadable(f"deadlineDate: no date in {text[:40]!r}")


def inner_json(text: str, name: str) -> Any:
    """The JSON that the portal keeps inside a string."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError) as trouble:
        raise Unreadable(f"{name}: the JSON inside cannot be read") from trouble


def budget_of(overview: str, identifier: str) -> Budget:
    """The money of one topic. The map carries the sibling topics too: only actions of this identifier count."""
    held = inner_json(overview, "budgetOverview")
    by_action = mapping(held, "budgetOverview").get("budgetTopicActionMap") if held is not None else None
    rows = [row for rows in mapping(by_action or {}, "budgetTopicActionMap").values() for row in _rows(rows)]
    own = [row for row in rows if str(row.get("action", "")).split(" ")[0] == identifier]
    years = [mapping(row.get("budgetYearMap") or {}, "budgetYearMap") for row in own]
    smallest = [amount for row in own if (amount := euros(row.get("minContribution"), "minContribution"))]
    largest = [amount for row in own if (amount := euros(row.get("maxContribution"), "maxContribution"))]
    return Budget(
        total=sum(euros(amount, "budgetYearMap") for year in years for amount in year.values()) or None,
        smallest=min(smallest, default=None),
        largest=max(largest, default=None),
    )


def _rows(rows: object) -> list[Row]:
    if not isinstance(rows, list):
        raise Unreadable(f"budgetTopicActionMap: expected a list, found {type(rows).__name__}")
    return [mapping(row, "budgetTopicActionMap") for row in rows]


def keywords_of(words: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Keywords as codes, each once, without the identifiers that stand among them; legacy rows hold a list as JSON."""
    flat: list[str] = []
    for word in words:
        inner = inner_json(word, "keywords") if word.startswith("[") else word
        flat.extend([inner] if isinstance(inner, str) else [part for part in inner or [] if isinstance(part, str)])
    dropped = {name.lower() for name in names}
    kept = (" ".join(word.split()) for word in flat)
    return tuple(dict.fromkeys(f"eu:{word}" for word in kept if word and word.lower() not in dropped))
