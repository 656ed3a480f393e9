"""Dates as publishers write them; None rather than a guess (feedparser makes 1795 of an epoch, RELIABILITY 4)."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

_BRUSSELS = ZoneInfo("Europe/Brussels")
_YEARS = range(1900, 2101)
_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may", "may"),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_MONTHS = {name: month for month, names in enumerate(_NAMES, 1) for name in names} | {"sept": 9}
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "west": 1}
_ZONES |= {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9}

_CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?P<dash>[-/]?)(?P<month>\d{{2}})(?P=dash)(?P<day>\d{{2}})"
    rf"(?:[T ]{_CLOCK})?\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.I,
)
_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # most of them
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?: [\d:]{4,8})?")
_CJK = re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_MAIL = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(?P<day>\d{{1,2}})[\s-](?P<name>[A-Za-z]{{3,9}})\.?,?[\s-](?P<year>\d{{4}})"
    rf"(?:\s+{_CLOCK})?(?:\s*(?P<zone>[+-]\d\d:?\d\d|[A-Za-z]{{1,4}}))?(?:\s*\([A-Za-z ]{{1,30}}\))?"
)
_AMERICAN = re.compile(r"(?P<name>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})")


def _month(found: dict[str, str | None]) -> int | None:
    if found.get("month"):
        return int(found["month"] or 0)
    return _MONTHS.get((found.get("name") or "").lower())


def _fields(text: str) -> dict[str, str | None] | None:
    text = text.strip()[:80]
    found = next((m for p in (_ISO, _YEAR_FIRST, _CJK, _MAIL, _AMERICAN) if (m := p.fullmatch(text))), None)
    return found.groupdict() if found else None


def _date_of(found: dict[str, str | None]) -> date | None:
    year, month, day = int(found["year"] or 0), _month(found), int(found["day"] or 0)
    if month is None or year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _zone_of(zone: str | None) -> timezone | None:
    if not zone:
        return None
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes)) if minutes < 15 * 60 else None
    hours = _ZONES.get(zone.lower())
    return None if hours is None else timezone(timedelta(hours=hours))


def day(text: str) -> date | None:
    """The date as written, in the writer's zone if any. None for month-only, impossible or unclear dates."""
    if _PLAIN.fullmatch(text):
        found: dict[str, str | None] | None = {"year": text[:4], "month": text[5:7], "day": text[8:]}
    else:
        found = _fields(text)
    return _date_of(found) if found else None


def moment(text: str) -> datetime | None:
    """The moment, in UTC, if date, clock and a known zone are all written; 24:00 and second 60 are read (G-12)."""
    found = _fields(text)
    on, zone = (_date_of(found), _zone_of(found.get("zone"))) if found else (None, None)
    if found is None or on is None or zone is None or not found.get("hour"):
        return None
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return None
    midnight = datetime.combine(on, time(), zone)
    return (midnight + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))).astimezone(UTC)


def from_epoch_ms(stamp: int) -> datetime | None:
    """The moment of milliseconds since 1970, in UTC, between 1990 and 2100; else None."""
    return datetime.fromtimestamp(stamp / 1000, UTC) if 631_152_000_000 <= stamp < 4_102_444_800_000 else None


def brussels_deadline(written: datetime) -> datetime:
    """A deadline of the EU portal: midnight stands for a date alone, which means 17:00 in Brussels.

    The portal stamps its wall clock with `+0000`, so that 17:00+0000 is 17:00 in Brussels too (SOURCES rule 6).
    """
    utc = written.astimezone(UTC)
    if (utc.hour, utc.minute) in ((0, 0), (17, 0)):
        return datetime.combine(utc.date(), time(17), _BRUSSELS)
    return utc
