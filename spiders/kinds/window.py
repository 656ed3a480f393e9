"""From which day to which day a crawl asks (SOURCES, collector rule 2: windows overlap, items are upserted)."""

from datetime import date, timedelta

from spiders.kinds.dates import day
from spiders.page import Plan


def window(plan: Plan, first_days: int, overlap_days: int) -> tuple[date, date]:
    """First and last day to ask for: from some days before the cursor, the first time some days before today."""
    today = plan.now.date()
    since = day((plan.since or "")[:10])
    if since is None or since > today:
        return today - timedelta(days=first_days), today
    return since - timedelta(days=overlap_days), today


def recent_years(plan: Plan) -> int:
    """The first year of publication worth telling: publishers touch records of all ages each week."""
    return plan.now.year - 2
