"""What the main menu leads to, and for whom; a page that wants to be found there adds a line."""

from typing import NamedTuple

from terms.person import Role


class Entry(NamedTuple):
    """One line of the menu. key: its sentence in desk/texts/frame.py."""

    key: str
    path: str
    roles: frozenset[Role]


_ALL = frozenset[Role]({"broker", "mentor", "operator"})

ENTRIES: tuple[Entry, ...] = (
    Entry("menu.queue", "/queue", _ALL),
    Entry("menu.digests", "/digests", _ALL),
    Entry("menu.projects", "/projects", _ALL),
    Entry("menu.companies", "/companies", _ALL),
    Entry("menu.sources", "/sources", _ALL),
    Entry("menu.search", "/search", _ALL),
)
