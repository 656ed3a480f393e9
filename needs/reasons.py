"""Pydantic's errors in words for a broker: what was expected in this field, and what to do."""

import difflib

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from terms.company import Company, Contact, Engagement, Need

_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): Company,
    ("contacts",): Contact,
    ("engagement",): Engagement,
    ("needs",): Need,
}
_SHAPES = {
    "id": "must be lower-case letters, digits and hyphens, such as `pump-noise`",
    "country": "must be two capital letters, such as NO",
    "language": "must be a language's two lower-case letters, such as nb or en",
    "languages": "must be languages' two lower-case letters, such as nb or en",
    "address": "must be a mail address, such as kari@example.com",
    "broker_address": "must be a mail address, such as kari@example.com",
    "cpc": "must be a CPC or IPC code, such as `B25J` or `B25J 9/16`",
    "nace": "must be a NACE code in quotes, such as '28.13'",
}
_TYPES = {
    "missing": "is missing",
    "string_type": "must be text; put numbers, true and false in quotes",
    "int_type": "must be a whole number without quotes",
    "int_from_float": "must be a whole number",
    "tuple_type": "must be a list, one `- …` a line",
    "model_type": "must be fields and values, one a line",
    "model_attributes_type": "must be fields and values, one a line",
    "date_type": "must be a date such as 2026-11-23",
    "date_parsing": "must be a date such as 2026-11-23",
    "date_from_datetime_parsing": "must be a date such as 2026-11-23",
    "date_from_datetime_inexact": "must be a date such as 2026-11-23",
}


def reason_for(path: tuple[str | int, ...], trouble: ErrorDetails) -> str:
    """One sentence for the error at `path`; never quotes the map's text, which may be confidential (P04)."""
    kind, field = trouble["type"], _last_name(path)
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "string_pattern_mismatch" and field in _SHAPES:
        return _SHAPES[field]
    if kind == "string_too_short":
        return "must not be empty"
    if kind in _TYPES:
        return _TYPES[kind]
    message = trouble["msg"].replace("Input should be", "must be").replace("String should", "must")
    return message[:1].lower() + message[1:]


def _last_name(path: tuple[str | int, ...]) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _unknown(path: tuple[str | int, ...]) -> str:
    """Says which known field may have been meant."""
    parents = tuple(step for step in path[:-1] if isinstance(step, str))
    known = list(_MODELS[parents].model_fields)
    close = difflib.get_close_matches(str(path[-1]).lower(), known, n=1)
    return "is no field of a need map; " + (f"is `{close[0]}` meant?" if close else f"known here: {', '.join(known)}")
