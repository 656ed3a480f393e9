"""Dates, money, numbers, countries and lists in the reader's language and the company's time zone (P58)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from digests.texts.catalogue import OneOther, Texts
from terms.errors import MapNotUnderstood
from terms.item import CLOSING_SOON_DAYS

_FAR_DAYS = 183


@dataclass(frozen=True)
class Wording:
    """How one mail writes its figures. now: aware."""

    texts: Texts
    zone: ZoneInfo
    now: datetime

    def day(self, day: date) -> str:
        """Such as `12 January 2027` or `12. januar 2027`."""
        return format_date(day, "long", locale=self.texts.locale)

    @property
    def today(self) -> date:
        """The day it is in the company's time zone."""
        return self.local_day(self.now)

    def local_day(self, moment: datetime) -> date:
        """The day of a moment in the company's time zone."""
        return moment.astimezone(self.zone).date()

    def short_day(self, moment: datetime) -> str:
        """Such as `12 January`, in the company's time zone."""
        return self.short_date(self.local_day(moment))

    def short_date(self, day: date) -> str:
        """Such as `12 January` or `12. januar`; with its year where that is later than in half a year."""
        pattern = "d MMMM" if self.texts.tag == "en" else "d. MMMM"
        is_far = (day - self.today).days > _FAR_DAYS
        return format_date(day, f"{pattern} y" if is_far else pattern, locale=self.texts.locale)

    def moment(self, moment: datetime) -> str:
        """Such as `Tuesday 12 January 2027, 17:00 CET`, in the company's time zone."""
        local = moment.astimezone(self.zone)
        weekday = format_date(local, "EEEE", locale=self.texts.locale)
        clock = format_datetime(local, "HH:mm z", tzinfo=self.zone, locale=self.texts.locale)
        return f"{weekday} {self.day(local)}, {clock}"

    def days_left(self, moment: datetime) -> int:
        """Calendar days from today to the moment, both in the company's time zone."""
        return (self.local_day(moment) - self.today).days

    def left(self, moment: datetime) -> str:
        """Such as `50 days left`."""
        days = self.days_left(moment)
        return self.count(self.texts.days_left, days) if days > 0 else self.texts.closes_today

    def is_urgent(self, moment: datetime) -> bool:
        """Whether the moment is as near as `closing soon` means."""
        return self.days_left(moment) < CLOSING_SOON_DAYS

    def money(self, euro: int) -> str:
        """Whole euro, such as `€2,500,000` or `2 500 000 €`."""
        return format_currency(euro, "EUR", self.texts.money, locale=self.texts.locale, currency_digits=False)

    def number(self, number: int) -> str:
        """A number with the reader's thousands separator."""
        return format_decimal(number, locale=self.texts.locale)

    def count(self, pair: OneOther, number: int, **written: str) -> str:
        """A counted phrase, such as `3 projects`: {n} is the number, other places are given."""
        return self.texts.counted(pair, number, n=self.number(number), **written)

    def listed(self, names: Sequence[str]) -> str:
        """Such as `A, B and C`."""
        return format_list(list(names), locale=self.texts.locale)

    def country(self, code: str | None) -> str:
        """The country's name in the reader's language; the code itself where it has none."""
        return str(Locale.parse(self.texts.locale).territories.get(code, code)) if code else ""

    def week(self, iso_week: str) -> str:
        """Such as `Week 48 · 23–29 November 2026`; ValueError where the week is none, such as 2027-W53."""
        year, number = int(iso_week[:4]), week_number(iso_week)
        monday, sunday = (date.fromisocalendar(year, number, weekday) for weekday in (1, 7))
        days = format_interval(monday, sunday, "yMMMMd", locale=self.texts.locale)
        return self.texts.week.format(week=number, days=days)


def week_number(iso_week: str) -> int:
    """48 for `2026-W48`."""
    return int(iso_week.rpartition("-W")[2])


def wording_for(texts: Texts, timezone: str, now: datetime) -> Wording:
    """The wording for a company's time zone; MapNotUnderstood where there is no such zone."""
    try:
        return Wording(texts, ZoneInfo(timezone), now)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MapNotUnderstood(
            f"The company's time zone {timezone!r} is unknown; write an IANA name such as Europe/Oslo"
        ) from None
