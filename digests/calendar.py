"""Deadlines as an iCalendar file (RFC 5545): each call twice, the day to decide by and the deadline itself (P56)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from digests.headers import one_line, shortened
from digests.links import safe_link
from terms.calendar import Event

_TITLE = 200


@dataclass(frozen=True)
class _Words:
    deadline: str
    decide: str
    source: str


_ENGLISH = _Words("Deadline", "Decide by today", "The deadline is {at:%d.%m.%Y %H:%M} UTC.")
_WORDS = {
    "en": _ENGLISH,
    "nb": _Words("Frist", "Bestem dere innen i dag", "Fristen er {at:%d.%m.%Y %H:%M} UTC."),
}


def write_calendar(name: str, events: Sequence[Event], *, language: str = "en") -> bytes:
    """The calendar of one company: UTF-8, CRLF, folded lines. The same events give the same bytes.

    name: how calendar programs call it. Cancelled events stay, so that programs take them out.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Varde//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    words = _WORDS.get(language, _ENGLISH)
    for event in events:
        calendar.add_component(_deadline(event, words))
        calendar.add_component(_decision(event, words))
    return bytes(calendar.to_ical())


def _deadline(event: Event, words: _Words) -> Entry:
    """The moment itself, in UTC, so that every program shows it in its own zone."""
    entry = _entry(event, "deadline", words.deadline, words)
    entry.add("dtstart", event.deadline_at.astimezone(UTC))
    return entry


def _decision(event: Event, words: _Words) -> Entry:
    """The whole day, wherever the reader is."""
    entry = _entry(event, "decide", words.decide, words)
    entry.add("dtstart", event.decide_on)
    entry.add("dtend", event.decide_on + timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    return entry


def _entry(event: Event, part: str, label: str, words: _Words) -> Entry:
    entry = Entry()
    entry.add("uid", f"{part}-{event.uid}")
    entry.add("dtstamp", _second(event.changed_at))
    entry.add("last-modified", _second(event.changed_at))
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    entry.add("summary", f"{label}: {shortened(one_line(event.title), _TITLE)}")
    entry.add("description", f"{words.source.format(at=event.deadline_at.astimezone(UTC))} [{event.ref}]")
    if safe_link(event.url):
        entry.add("url", event.url)
    return entry


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
