"""Dates in prose (Norwegian, Swedish, Danish, English) and deadlines on the clock of one place."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from spiders.kinds.dates import day, moment

OSLO, STOCKHOLM = ZoneInfo("Europe/Oslo"), ZoneInfo("Europe/Stockholm")
LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
BRUSSELS = ZoneInfo("Europe/Brussels")
_PROSE_LIMIT = 4_000
_NAMES = (
    "jan januar january januari", "feb februar february februari", "mar mars march marts", "apr april",
    "mai may maj", "jun juni june", "jul juli july", "aug august augusti", "sep sept september",
    "okt oct oktober october", "nov november", "des dec desember december",
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}
_CLOCK = r"(?:[\s,]+(?:kl(?:okken)?\.?\s*|at\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?!\d)\s*(?P<half>[ap]m\b)?)?"
_PROSE = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.?\s+(?P<name>[a-z]{{3,9}})\.?,?\s+|\.(?P<month>\d{{1,2}})\.)(?P<year>20\d\d){_CLOCK}",
    re.I,
)


def moments_in(prose: str, zone: ZoneInfo, closes: time) -> tuple[datetime, ...]:
    """Every moment that a text names, in order; a date without a clock means `closes` in `zone`."""
    return tuple(sorted(set(_moments(prose[:_PROSE_LIMIT], zone, closes))))


def _moments(prose: str, zone: ZoneInfo, closes: time) -> Iterator[datetime]:
    for found in _PROSE.finditer(prose):
        month = int(found["month"]) if found["month"] else _MONTHS.get(found["name"].lower(), 0)
        try:
            on = date(int(found["year"]), month, int(found["day"]))
            yield datetime.combine(on, _clock(found) or closes, zone)
        except ValueError:  # the 31st of June, or half past 25
            continue


def _clock(found: re.Match[str]) -> time | None:
    if not found["hour"]:
        return None
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    return time(hour % 12 + (12 if half == "pm" else 0) if half else hour, int(found["minute"]))


def local_moment(written: str, zone: ZoneInfo, closes: time) -> datetime | None:
    """The moment of an ISO stamp or date; without a zone it is the clock of `zone`, without a clock `closes`."""
    if at := moment(written):
        return at
    if naive := moment(f"{written.strip()}Z"):
        return naive.replace(tzinfo=zone)
    on = day(written)
    return datetime.combine(on, closes, zone) if on else None
