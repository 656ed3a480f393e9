"""One problem of a need map: on which line, in which field, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from terms.errors import MapNotUnderstood


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that cannot be read. line counts from 1; field is written as in the file, list places from 1."""

    line: int
    field: str
    reason: str

    def told(self, name: str) -> str:
        """The problem as one line of the error: `file:line: field: reason`."""
        return f"{name}:{self.line}: {self.field}: {self.reason}"


def field_name(path: Iterable[str | int]) -> str:
    """`("needs", 0, "title")` as people write it: `needs[1].title`; the whole file is `file`."""
    name = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{_shown(step)}" for step in path)
    return name.removeprefix(".") or "file"


def _shown(key: str) -> str:
    """A field's name as it may stand in a log line: printable, at most 40 characters."""
    return "".join(c if c.isprintable() else "?" for c in key[:40])


def refuse(name: str, problems: Iterable[Problem]) -> None:
    """Raise MapNotUnderstood with every problem in the order of the file, one a line; do nothing without problems."""
    told = [problem.told(name) for problem in sorted(set(problems))]
    if told:
        raise MapNotUnderstood("\n".join(told))
