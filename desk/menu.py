"""What the main menu leads to, and for whom; a page that wants to be found there adds a line.

One row of places. A place with several pages shows them in a second row, but only to who is there: so it stays calm.
"""

from typing import NamedTuple

from terms.person import Role


class Entry(NamedTuple):
    """One page. key: its sentence in desk/texts. below: other paths that belong to it."""

    key: str
    path: str
    roles: frozenset[Role]
    below: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether a path is this page or lies below it."""
        return any(path == one or path.startswith(f"{one}/") for one in (self.path, *self.below))


class Place(NamedTuple):
    """One word of the menu with its pages; it leads to the first of them that one may see."""

    key: str
    entries: tuple[Entry, ...]


class Word(NamedTuple):
    """A link as it is drawn. current: `page` where one is on it, `true` where one is somewhere below it, or ""."""

    key: str
    path: str
    current: str


class Menu(NamedTuple):
    """Both rows for one person on one page. within: the key of the place that the second row belongs to."""

    places: tuple[Word, ...]
    within: str
    pages: tuple[Word, ...]


_ALL = frozenset[Role]({"broker", "mentor", "operator"})
_BROKER = frozenset[Role]({"broker"})
_OPERATOR = frozenset[Role]({"operator"})

PLACES: tuple[Place, ...] = (
    Place("menu.queue", (Entry("menu.queue", "/queue", _ALL),)),
    Place(
        "menu.digests",
        (
            Entry("menu.this_week", "/digests", _ALL),
            Entry("closing.title", "/closing", _ALL),
            Entry("outbox.title", "/outbox", _ALL),
            Entry("archive.title", "/archive", _ALL),
        ),
    ),
    Place("menu.projects", (Entry("menu.projects", "/projects", _ALL, ("/project",)),)),
    Place(
        "menu.companies",
        (
            Entry("menu.companies", "/companies", _ALL),
            Entry("engagements.title", "/engagements", _ALL),
            Entry("engagements.network", "/network-report", _BROKER),
        ),
    ),
    Place(
        "menu.network",
        (
            Entry("partners.title", "/partners", _ALL),
            Entry("joint.title", "/joint", _BROKER),
            Entry("pairs.title", "/pairs", _BROKER),
            Entry("map.network", "/map", _BROKER),
        ),
    ),
    Place(
        "menu.watch",
        (
            Entry("sources.title", "/sources", _ALL),
            Entry("runs.title", "/runs", _ALL),
            Entry("incidents.title", "/incidents", _ALL),
            Entry("menu.learning", "/learning", _ALL),
        ),
    ),
    Place("menu.people", (Entry("menu.people", "/people", _OPERATOR),)),
    Place("menu.search", (Entry("menu.search", "/search", _ALL),)),
)


def menu_for(role: Role, path: str) -> Menu:
    """The menu of a person with this role on the page at this path."""
    places, here = [], Place("", ())
    for place in PLACES:
        seen = tuple(entry for entry in place.entries if role in entry.roles)
        if seen:
            is_here = any(entry.holds(path) for entry in seen)
            here = Place(place.key, seen) if is_here else here
            places.append(Word(place.key, seen[0].path, _current(seen[0], path, is_here)))
    pages = here.entries if len(here.entries) > 1 else ()
    return Menu(
        tuple(places), here.key, tuple(Word(one.key, one.path, _current(one, path, one.holds(path))) for one in pages)
    )


def _current(entry: Entry, path: str, is_here: bool) -> str:
    return "page" if entry.path == path else "true" if is_here else ""
