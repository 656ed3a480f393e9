"""Items that are the same thing share a cluster; its key is its first member's key and survives later twins (P17)."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from terms.item import Item
from warehouse.columns import incoming, schema_of, table_of
from warehouse.homes import Homes
from warehouse.items import read_items
from warehouse.sql import queries
from warehouse.store import Connection

_ARRIVING = schema_of(identity="text", item_key="text")
_SHORTEST_TITLE = 24
_NAMES_A_CALL = re.compile(r"(?=.*[A-Za-z])(?=.*\d)(?!https?:).{8,}")  # a mere number is another call elsewhere
_WORD = re.compile(r"[^\W_]+")
_BY_WORDS = ("title:", "address:")
_PREPRINT_DOI = "10.48550/"


class Rules(NamedTuple):
    """What the other rooms know of sameness. address_of: one spelling of an address. agree: whether two publications
    of one title may be one."""

    address_of: Callable[[str], str] = lambda url: url
    agree: Callable[[Item, Item], bool] = lambda one, other: True


def identities(item: Item, address_of: Callable[[str], str]) -> tuple[str, ...]:
    """What an item is known by, surest first: DOI, patent family, call id, address with title, title."""
    found = []
    if item.publication and item.publication.doi:
        found.append(f"doi:{item.publication.doi.casefold()}")
    if item.patent:
        found.append(f"patent:{item.patent.number}")
        found += [f"family:{item.patent.family}"] if item.patent.family else []
    if item.kind == "call" and _NAMES_A_CALL.fullmatch(item.source_id):
        found.append(f"call:{item.source_id.casefold()}")
    title = _plain(item.title)
    # a page that lists many things is no name of one of them, nor is a call's page that comes again next year
    if title and item.kind != "patent":
        day = max(item.call.deadlines_at).date().isoformat() if item.call and item.call.deadlines_at else ""
        found.append(f"address:{address_of(item.url)} {day} {title}")
    if item.kind == "publication" and len(title) >= _SHORTEST_TITLE:
        found.append(f"title:{title}")
    return tuple(found)


def join(connection: Connection, items: Sequence[Item], rules: Rules = Rules()) -> int:  # noqa: B008 - frozen
    """Put new and changed items into clusters; returns how many joined one that was there. Call inside a write."""
    arriving = {item.item_key: item for item in items}
    known_by = {key: identities(item, rules.address_of) for key, item in arriving.items()}
    pairs = [(identity, key) for key, known in known_by.items() for identity in known]
    rows = table_of(_ARRIVING, [identity for identity, _ in pairs], [key for _, key in pairs])
    with incoming(connection, "arriving", rows, _ARRIVING):
        connection.execute(queries("clusters")["delete_identities"].text)
        found = connection.execute(queries("clusters")["find_identities"].text).fetchall()
        connection.execute(queries("clusters")["insert_identities"].text)
    book = _Book(connection, arriving, known_by, found, rules)
    for item_key in sorted(arriving):
        book.place(item_key)
    book.homes.store(connection)
    return book.joined


def unite(connection: Connection, pairs: Iterable[tuple[str, str]]) -> int:
    """Make the clusters of each pair one, but for those a broker keeps apart; returns how many were united."""
    wanted = list(pairs)
    homes = Homes(connection, [key for pair in wanted for key in pair])
    united = sum(homes.unite(one, other) for one, other in wanted)
    homes.store(connection)
    return united


class _Book:
    """Who is known by what, while one load is placed."""

    def __init__(
        self,
        connection: Connection,
        arriving: dict[str, Item],
        known_by: dict[str, tuple[str, ...]],
        found: Sequence[tuple[str, str, str]],
        rules: Rules,
    ) -> None:
        self.joined = 0
        self.homes = Homes(connection, [*arriving, *(cluster for _, _, cluster in found)])
        self._known_by, self._rules = known_by, rules
        self._holders: dict[str, list[str]] = {}
        others = sorted({key for identity, key, _ in found if identity.startswith(_BY_WORDS)} - arriving.keys())
        self._items = {key: stored.item for key, stored in read_items(connection, others).items()} | arriving
        self._home_of = {key: cluster for _, key, cluster in found}
        for identity, key, _ in sorted(found):
            self._holders.setdefault(identity, []).append(key)

    def place(self, item_key: str) -> None:
        """Give one item its cluster: its own, the oldest that shares an identity, or a new one of its own name."""
        shared = [
            self._home_of[other]
            for identity in self._known_by[item_key]
            for other in self._holders.get(identity, ())
            if other != item_key and self._may_join(identity, item_key, other)
        ]
        is_new = item_key not in self.homes.own
        home = self.homes.place(item_key, shared)
        self.joined += is_new and home != item_key
        self._home_of[item_key] = home
        for identity in self._known_by[item_key]:
            self._holders.setdefault(identity, []).append(item_key)

    def _may_join(self, identity: str, item_key: str, other_key: str) -> bool:
        # one title over two different DOIs is two papers; a preprint's DOI does not count
        if not identity.startswith(_BY_WORDS):
            return True
        mine, theirs = self._items[item_key], self._items[other_key]
        one, other = _doi(mine), _doi(theirs)
        return (not (one and other) or one == other) and self._rules.agree(mine, theirs)


def _doi(item: Item) -> str:
    doi = (item.publication.doi or "").casefold() if item.publication else ""
    return "" if doi.startswith(_PREPRINT_DOI) else doi


def _plain(title: str) -> str:
    if title.isascii():  # most are, and this is the hot path of a large load
        return " ".join(_WORD.findall(title.lower()))
    letters = unicodedata.normalize("NFKD", title).casefold()
    return " ".join(_WORD.findall("".join(c for c in letters if not unicodedata.combining(c))))
