"""Which cluster each item belongs to while a load is placed; what a broker keeps apart is never united (P17)."""

from collections.abc import Iterable

from warehouse.columns import incoming, schema_of, table_of
from warehouse.items import read_clusters_of
from warehouse.sql import queries
from warehouse.store import Connection

_JOINING = schema_of(item_key="text", cluster_key="text")
_MOVING = schema_of(former_key="text", cluster_key="text")


class Homes:
    """The clusters of some items, and those they move to. The first seen keeps its key."""

    def __init__(self, connection: Connection, keys: Iterable[str]) -> None:
        """keys: items, and keys of clusters, that may be placed or united."""
        asked = sorted(set(keys))
        self.own = read_clusters_of(connection, asked)
        self._moved: dict[str, str] = {}
        self._placed: dict[str, str] = {}
        ages = connection.execute(queries("homes")["read_ages"].text, [sorted({*asked, *self.own.values()})])
        self._age = {key: seen.isoformat() for key, seen in ages.fetchall()}
        self._apart: dict[str, set[str]] = {}
        for one, other in connection.execute(queries("homes")["read_apart"].text).fetchall():
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def of(self, key: str) -> str:
        """The cluster of an item or a former cluster, as it stands now; a new item is its own."""
        home = self._placed.get(key) or self.own.get(key, key)
        while home in self._moved:
            home = self._moved[home]
        return home

    def place(self, item_key: str, homes: Iterable[str]) -> str:
        """Put an item into its own cluster, or the oldest of these that takes it, and unite what may be united."""
        ordered = sorted({self.of(home) for home in homes}, key=self._by_age)
        home = self.of(item_key)
        if item_key not in self.own and item_key not in self._placed:
            home = next((h for h in ordered if h not in self._apart.get(item_key, ())), item_key)
        self._placed[item_key] = home
        for other in ordered:
            self.unite(home, other)
        return self.of(item_key)

    def unite(self, one: str, other: str) -> bool:
        """Make two clusters one, under the key of the older; False where they are one or are kept apart."""
        older, younger = sorted((self.of(one), self.of(other)), key=self._by_age)
        if older == younger or younger in self._apart.get(older, ()):
            return False
        self._moved[younger] = older
        for stranger in self._apart.pop(younger, set()):
            self._apart[stranger].discard(younger)
            self._apart[stranger].add(older)
            self._apart.setdefault(older, set()).add(stranger)
        return True

    def store(self, connection: Connection) -> None:
        """Write what was placed and moved. Call inside a write."""
        placed = sorted(self._placed)
        joining = table_of(_JOINING, placed, [self.of(key) for key in placed])
        with incoming(connection, "joining", joining, _JOINING):
            connection.execute(queries("homes")["insert_members"].text)
        moving = [{"former_key": former, "cluster_key": self.of(former)} for former in sorted(self._moved)]
        with incoming(connection, "moving", moving, _MOVING):
            connection.execute(queries("homes")["move_members"].text)

    def _by_age(self, key: str) -> tuple[str, str]:
        return self._age.get(key, "9999"), key
