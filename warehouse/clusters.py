"""Items that are the same thing share a cluster; its key is its first member's key and survives later twins (P17)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from terms.item import Item
from warehouse.columns import incoming, schema_of
from warehouse.items import read_clusters_of
from warehouse.sql import queries
from warehouse.store import Connection

_ARRIVING = schema_of(identity="text", item_key="text")
_JOINING = schema_of(item_key="text", cluster_key="text")
_MOVING = schema_of(former_key="text", cluster_key="text")
_SHORTEST_TITLE = 24
_PREPRINT_DOI = "10.48550/"


class _Known(NamedTuple):
    item_key: str
    cluster_key: str


def identities(item: Item) -> tuple[str, ...]:
    """What an item is known by, surest first: DOI, patent family, call id, title of a publication."""
    found = []
    if item.publication and item.publication.doi:
        found.append(f"doi:{item.publication.doi.casefold()}")
    if item.patent:
        found.append(f"patent:{item.patent.number}")
        found += [f"family:{item.patent.family}"] if item.patent.family else []
    if item.kind == "call":
        found.append(f"call:{item.source_id.casefold()}")
    title = _plain(item.title)
    if item.kind == "publication" and len(title) >= _SHORTEST_TITLE:
        found.append(f"title:{title}")
    return tuple(found)


def join(connection: Connection, items: Sequence[Item]) -> int:
    """Put new and changed items into clusters; returns how many joined one that was there. Call inside a write."""
    arriving = {item.item_key: identities(item) for item in items}
    rows = [{"identity": i, "item_key": key} for key, known_by in arriving.items() for i in known_by]
    with incoming(connection, "arriving", rows, _ARRIVING):
        connection.execute(queries("clusters")["delete_identities"].text)
        found = connection.execute(queries("clusters")["find_identities"].text).fetchall()
        connection.execute(queries("clusters")["insert_identities"].text)
    book = _Book(connection, arriving)
    for identity, item_key, cluster_key in sorted(found):
        book.learn(identity, _Known(item_key, cluster_key))
    for item_key in sorted(arriving):
        book.place(item_key)
    _store(connection, book)
    return book.joined


def _store(connection: Connection, book: "_Book") -> None:
    joining = [{"item_key": k, "cluster_key": c} for k, c in book.placed.items()]
    with incoming(connection, "joining", joining, _JOINING):
        connection.execute(queries("clusters")["insert_members"].text)
    moving = [{"former_key": former, "cluster_key": into} for former, into in book.moved.items()]
    with incoming(connection, "moving", moving, _MOVING):
        connection.execute(queries("clusters")["move_members"].text)


class _Book:
    """Who is known by what, while one load is placed."""

    def __init__(self, connection: Connection, arriving: dict[str, tuple[str, ...]]) -> None:
        self.placed: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.joined = 0
        self._connection = connection
        self._arriving = arriving
        self._holders: dict[str, list[_Known]] = {}
        self._dois: dict[str, set[str]] = {}
        self._own = read_clusters_of(connection, list(arriving))

    def learn(self, identity: str, known: _Known) -> None:
        """Remember that an item in a cluster is known by this identity."""
        self._holders.setdefault(identity, []).append(known)

    def place(self, item_key: str) -> None:
        """Give one item its cluster: its own, the oldest that shares an identity, or a new one of its own name."""
        shared = [
            self._now(known.cluster_key)
            for identity in self._arriving[item_key]
            for known in self._holders.get(identity, ())
            if known.item_key != item_key and self._may_join(identity, item_key, known.item_key)
        ]
        own = self._own.get(item_key)
        homes = sorted(set(shared) | ({self._now(own)} if own else set()))
        home = self._oldest(homes) if homes else item_key
        self.joined += bool(shared) and own is None
        for other in homes:
            if other != home:
                self.moved[other] = home
        self.placed[item_key] = home
        for identity in self._arriving[item_key]:
            self.learn(identity, _Known(item_key, home))

    def _now(self, cluster_key: str) -> str:
        while cluster_key in self.moved:
            cluster_key = self.moved[cluster_key]
        return cluster_key

    def _oldest(self, homes: Sequence[str]) -> str:
        if len(homes) == 1:
            return homes[0]
        rows = self._connection.execute(queries("clusters")["find_oldest"].text, [list(homes)]).fetchall()
        return str(rows[0][0]) if rows else homes[0]

    def _may_join(self, identity: str, item_key: str, other_key: str) -> bool:
        # one title over two different DOIs is two papers; a preprint's DOI does not count
        if not identity.startswith("title:"):
            return True
        mine, theirs = self._dois_of(item_key), self._dois_of(other_key)
        return not (mine and theirs) or bool(mine & theirs)

    def _dois_of(self, item_key: str) -> set[str]:
        if item_key not in self._dois:
            known_by: Iterable[str] = self._arriving.get(item_key) or _identities_of(self._connection, item_key)
            self._dois[item_key] = {
                i for i in known_by if i.startswith("doi:") and not i.startswith(f"doi:{_PREPRINT_DOI}")
            }
        return self._dois[item_key]


def _identities_of(connection: Connection, item_key: str) -> list[str]:
    rows = connection.execute(queries("clusters")["read_identities"].text, [[item_key]]).fetchall()
    return [identity for _, identity in rows]


def _plain(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title).casefold()
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in letters if not unicodedata.combining(c))))
