"""JSON rows: fields taken out one by one, so that what is left over is known; a wrong type names its field (A-20)."""

import json
from collections.abc import Mapping
from typing import Any

from spiders.kinds.trouble import Unreadable, place
from spiders.page import Page
from spiders.text import line
from terms.errors import SourceChanged

Row = dict[str, Any]


def read_value(page: Page) -> object:
    """The JSON value of an answer. Raises SourceChanged where it is HTML, garbage or cut off."""
    try:
        value: object = json.loads(page.body)
    except (ValueError, RecursionError) as trouble:
        start = line(page.body[:80].decode("utf-8", "replace"))
        raise SourceChanged(f"{place(page)} answered with something that is not JSON: {start!r}; open it") from trouble
    return value


def read_json(page: Page) -> Row:
    """The JSON object of an answer. Raises SourceChanged where it is something else."""
    read = read_value(page)
    if not isinstance(read, dict):
        raise SourceChanged(f"{place(page)} answered with JSON that is not an object; compare with the documentation")
    return read


def mapping(value: object, name: str) -> Row:
    """A JSON object as a row of its own, to take fields from."""
    if not isinstance(value, Mapping):
        raise Unreadable(f"{name}: expected an object, found {type(value).__name__}")
    return dict(value)


def take_mapping(row: Row, name: str) -> Row:
    """Take out an object; an absent field and null are an empty one."""
    value = row.pop(name, None)
    return {} if value is None else mapping(value, name)


def take_rows(row: Row, name: str) -> list[Row]:
    """Take out a list of objects."""
    return [mapping(value, name) for value in take_list(row, name)]


def take_list(row: Row, name: str) -> list[Any]:
    """Take out a list; an absent field and null are an empty one."""
    value = row.pop(name, None)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable(f"{name}: expected a list, found {type(value).__name__}")
    return value


def take_texts(row: Row, name: str) -> list[str]:
    """Take out a list of strings."""
    values = take_list(row, name)
    if wrong := next((value for value in values if not isinstance(value, str)), None):
        raise Unreadable(f"{name}: expected strings, found {type(wrong).__name__}")
    return [value for value in values if value]


def take_first(row: Row, name: str) -> str:
    """Take out the first string of a list; '' where there is none."""
    return next(iter(take_texts(row, name)), "")


def take_text(row: Row, name: str) -> str:
    """Take out a string; '' where it is absent or null."""
    value = row.pop(name, None)
    if not isinstance(value, str | None):
        raise Unreadable(f"{name}: expected a string, found {type(value).__name__}")
    return value or ""


def take_number(row: Row, name: str) -> int | None:
    """Take out a whole number."""
    value = row.pop(name, None)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Unreadable(f"{name}: expected a number, found {type(value).__name__}")
    return value


def euros(value: object, name: str) -> int:
    """An amount written as a number or as its digits; 0 where there is none."""
    if value is None or value == "":
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unreadable(f"{name}: expected an amount, found {type(value).__name__}")
    try:
        amount = float(value)
        return int(amount) if 0 <= amount < 1e12 else 0
    except ValueError as trouble:
        raise Unreadable(f"{name}: expected an amount, found {line(str(value), 40)!r}") from trouble
