"""Tables for people, JSON for scripts; what came from outside is printed as text, never as markup."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def clean(text: str) -> str:
    """Text from outside without control characters, so that no terminal obeys it (RELIABILITY I-11)."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text.expandtabs(1))


def say(text: str, style: str = "") -> None:
    """One line for people."""
    out.print(Text(clean(text)), style=style, soft_wrap=True)


def table(rows: Sequence[dict[str, str]], title: str, *, empty: str = "nothing") -> None:
    """Rows under a title; `empty` is said where there is none."""
    if not rows:
        say(f"{title}: {empty}")
        return
    drawn = Table(title=title, title_justify="left", title_style="bold", header_style="bold", pad_edge=False)
    for column in rows[0]:
        drawn.add_column(column, overflow="fold", justify="right" if _is_number(rows, column) else "left")
    for row in rows:
        drawn.add_row(*(Text(clean(value)) for value in row.values()))
    out.print(drawn)


def as_json(value: Any) -> None:
    """Machine-readable, one document; what a terminal might obey is escaped (JSON itself escapes only up to U+001F)."""
    written = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    safe = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in written)
    out.print(Text(safe), soft_wrap=True)


def show(rows: Sequence[dict[str, str]], title: str, *, json_wanted: bool, empty: str = "nothing") -> None:
    """The same rows for either reader."""
    if json_wanted:
        as_json(list(rows))
    else:
        table(rows, title, empty=empty)


def _is_number(rows: Sequence[dict[str, str]], column: str) -> bool:
    return all(row[column].replace(".", "").isdigit() or not row[column] for row in rows)


@contextmanager
def working(first: str) -> Iterator[Callable[[str], None]]:
    """A moving line that says what is going on, on a terminal only; yields what changes its words."""
    if not err.is_terminal:
        yield lambda step: None
        return
    before = set(threading.enumerate())
    try:
        with err.status(first) as status:
            yield status.update
    finally:
        for thread in set(threading.enumerate()) - before:
            thread.join(1)  # rich leaves its own running, and DuckDB complains of that at the end
