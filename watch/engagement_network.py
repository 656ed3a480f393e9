"""The network's half-year: sums over companies, hidden where fewer than three stand behind one (P44)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from terms.halfyear import FEWEST, FIGURES, Month, NetworkHalf
from terms.person import Scope
from watch.engagement import Past, days_of, figures_of, half_of, months_of, read_past, served
from watch.house import House
from watch.joint import brokers_only


def network_half(house: House, scope: Scope, half: str | None = None) -> NetworkHalf:
    """The half-year of all companies in the scope. Raises VardeError for who is no broker, NotFound, ValueError."""
    every = served(house, brokers_only(scope))
    chosen = half or half_of(house.clock().date())
    first, after = days_of(chosen)
    pasts = read_past(house, every)
    by_company = [figures_of(past, first, after) for past in pasts]
    phases = Counter(company.engagement.phase for company in every)
    return NetworkHalf(
        half=chosen,
        companies=len(every) if len(every) >= FEWEST else None,
        figures={name: shown([figures[name] for figures in by_company]) for name in FIGURES},
        months=_months(pasts, first, min(after, house.clock().date())),
        phases=dict(sorted(phases.items())) if all(count >= FEWEST for count in phases.values()) else {},
        made_at=house.clock(),
    )


def shown(values: Sequence[int]) -> int | None:
    """The sum over companies; None where there are fewer than three, or only one or two have any of it."""
    behind = sum(value != 0 for value in values)
    return sum(values) if len(values) >= FEWEST and (behind == 0 or behind >= FEWEST) else None


def _months(pasts: Sequence[Past], first: date, until: date) -> tuple[Month, ...]:
    """Month by month; () where any of them would be hidden: it could be found from the sum and the others."""
    rows = list(zip(*(months_of(past, first, until) for past in pasts), strict=True))
    found = tuple(
        Month(
            first=row[0].first,
            told=shown([month.told or 0 for month in row]),
            accepted=shown([month.accepted or 0 for month in row]),
        )
        for row in rows
    )
    return found if all(None not in (month.told, month.accepted) for month in found) else ()
