"""Hop 3, last part: items that are one thing share a cluster, by what names them, then by near-identical text (P17)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ledger import audit
from ledger.apart import KeptApart, keep_apart
from nlp.alike import agree, record_of
from nlp.twins import Link, Sketches, claims, links, promising, sketches_of_words
from nlp.twins import unite as choose
from spiders.kinds.address import canonical_address
from terms.errors import NotFound
from terms.item import Item
from warehouse import apart, clusters, items, signatures
from warehouse.signatures import Signed
from warehouse.store import Connection
from watch.house import House

_RULES = clusters.Rules(address_of=canonical_address, agree=agree)


class Split(NamedTuple):
    """An item that a broker took out of its cluster, and the twins it had."""

    item_key: str
    title: str
    left: tuple[str, ...]


def join(connection: Connection, arriving: Sequence[Item]) -> int:
    """Place new and changed items; returns how many found a twin. Call inside `Warehouse.write`."""
    named = clusters.join(connection, arriving, _RULES)
    sketches = sketches_of_words([item.title for item in arriving], [item.text for item in arriving])
    pairs = signatures.sign(connection, Signed([item.item_key for item in arriving], sketches.bands, sketches.marks))
    near = _near(connection, pairs)
    known = {item.item_key: item for item in arriving}
    others = sorted({key for pair in near for key in pair} - known.keys())
    known |= {key: stored.item for key, stored in items.read_items(connection, others).items()}
    keys = sorted(known.keys() & {key for pair in near for key in pair})
    place = {key: number for number, key in enumerate(keys)}
    found = links([record_of(known[key]) for key in keys], [(place[a], place[b]) for a, b in near])
    return named + clusters.unite(connection, _followed(connection, found))


def split(house: House, item_key: str, *, broker: str) -> Split:
    """Take an item out of its cluster for good; the next match scores both halves anew.

    Raises NotFound where it is not stored, ValueError where nobody says so or it has no twin.
    """
    if not broker.strip():
        raise ValueError("a split needs a name (--broker, or VARDE_BROKER)")
    now = house.clock()
    with house.warehouse.write() as connection:
        stored = items.read_items(connection, [item_key]).get(item_key)
        if stored is None:
            raise NotFound(f"there is no item {item_key!r}; `varde explain` names the items behind a line")
        left = apart.twins_of(connection, item_key)
        if not left:
            raise ValueError(f"{item_key} has no twin to be split from")
        _say_apart(house, item_key, left, broker)  # first: a word that is lost cannot be built anew
        apart.split(connection, item_key, broker=broker, at=now)
    return Split(item_key, stored.item.title, tuple(left))


def _say_apart(house: House, item_key: str, left: Sequence[str], broker: str) -> None:
    now = house.clock()
    with house.ledger.write() as ledger:
        keep_apart(ledger, [KeptApart(item_key, other, broker, now) for other in left])
        audit.append_audit(ledger, broker, "split twins", {"item": item_key, "from": " ".join(left)}, at=now)


def _near(connection: Connection, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs whose fingerprints agree enough to be read."""
    if not pairs:
        return []
    signed = signatures.read_signatures(connection, sorted({key for pair in pairs for key in pair}))
    place = {key: number for number, key in enumerate(signed.item_keys)}
    rows = np.array([(place[a], place[b]) for a, b in pairs], dtype=np.int64)
    chosen = promising(Sketches(signed.marks, signed.bands), rows)
    return [(signed.item_keys[a], signed.item_keys[b]) for a, b in chosen.tolist()]


def _followed(connection: Connection, found: Sequence[Link]) -> list[tuple[str, str]]:
    """The links that no rival claim forbids, between the clusters of today."""
    homes = items.read_clusters_of(connection, sorted({key for link in found for key in link[:2]}))
    between = [Link(homes[link.one], homes[link.other], link.sureness) for link in found]
    members = items.read_members(connection, sorted(set(homes.values())))
    whole = items.read_items(connection, sorted({key for keys in members.values() for key in keys}))
    groups = {
        home: frozenset().union(*(claims(record_of(whole[key].item)) for key in keys)) for home, keys in members.items()
    }
    return [(link.one, link.other) for link in choose(between, groups)]
