"""Status from dates, ISO weeks, keys: the nouns' own arithmetic."""

from datetime import UTC, date, datetime, timedelta

import pytest

from terms.digest import iso_week
from terms.item import Call, next_deadline, status_of

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (None, "unknown"),
        (Call(stated_status="open"), "unknown"),
        (Call(stated_status="open", deadlines_at=(NOW - timedelta(days=1),)), "closed"),
        (Call(stated_status="closed", deadlines_at=(NOW + timedelta(days=60),)), "open"),
        (Call(deadlines_at=(NOW - timedelta(days=9), NOW + timedelta(days=20))), "closing soon"),
        (Call(opens_on=date(2026, 12, 1), deadlines_at=(NOW + timedelta(days=90),)), "forthcoming"),
    ],
)
def test_status_comes_from_dates_never_from_what_the_source_says(call: Call | None, expected: str) -> None:
    """P24."""
    assert status_of(call, NOW) == expected


def test_next_deadline_skips_the_past_ones() -> None:
    """Two-stage calls have several deadlines (P10)."""
    call = Call(deadlines_at=(NOW - timedelta(days=1), NOW + timedelta(days=5), NOW + timedelta(days=2)))
    assert next_deadline(call, NOW) == NOW + timedelta(days=2)


def test_iso_week_at_the_turn_of_every_year_to_2060() -> None:
    """RELIABILITY G-01: seven consecutive days from any Monday share one key, and no key comes twice."""
    monday, seen = date(2019, 12, 30), set()
    while monday.year < 2061:
        keys = {iso_week(monday + timedelta(days=d)) for d in range(7)}
        assert len(keys) == 1
        assert not keys & seen
        seen |= keys
        monday += timedelta(days=7)
