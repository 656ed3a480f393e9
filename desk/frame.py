"""What stands on a page around its content: one Jinja environment, escaping everything, and the words of the reader."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from desk.drawing import environment
from desk.texts import speak

_HERE = Path(__file__).parent
_LOCALES = {"en": "en_GB", "nb": "nb_NO"}
_ZONE = ZoneInfo("Europe/Oslo")


@cache
def templates() -> Environment:
    """The desk's own templates, with what they may call."""
    made = environment(_HERE / "templates")
    made.globals["static"] = static
    return made


@cache
def static(name: str) -> str:
    """The address of a file under static/, which changes with its content, so that browsers may keep it."""
    written = int((_HERE / "static" / name).stat().st_mtime)
    return f"/static/{name}?{written:x}"


def draw(template: str, language: str, facts: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """A page as a response."""
    spoken = {
        "t": speak(language),
        "lang": language,
        "day": lambda moment: day(moment, language),
        "minute": lambda moment: minute(moment, language),
        "count": lambda value: format_decimal(value, locale=_LOCALES[language]),
    }
    return HTMLResponse(templates().get_template(template).render(**spoken, **facts), status)


def day(moment: date | datetime, language: str) -> str:
    """23 Nov 2026, as the reader writes it; a moment falls on its day in Oslo."""
    on = moment.astimezone(_ZONE).date() if isinstance(moment, datetime) else moment
    return format_date(on, "medium", locale=_LOCALES[language])


def minute(moment: datetime, language: str) -> str:
    """Day and time of day in Oslo."""
    return format_datetime(moment, "d MMM y HH:mm", tzinfo=_ZONE, locale=_LOCALES[language])
