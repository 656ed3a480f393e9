"""One identity for each organisation: ids first, then equal name and country; what contradicts stays apart (P17)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from terms.organisation import Organisation
from warehouse.columns import incoming, schema_of
from warehouse.sql import queries
from warehouse.store import Connection

_ORGANISATIONS = schema_of(
    organisation_key="text",
    name="text",
    country="text",
    region="text",
    town="text",
    type="text",
    web="text",
    rank="int",
)
_NAMES = schema_of(name_key="text", country="text", spelling="text", organisation_key="text")
_IDS = schema_of(id="text", organisation_key="text")
_ONE_EACH = ("ror", "brreg", "pic")
"""Schemes in which an organisation has one number: two of them are two organisations."""
_MERGED = (
    "follow_merged", "follow_merged_names", "follow_merged_entries", "follow_merged_projects",
    "follow_merged_announcements",
)  # fmt: skip


class Named(NamedTuple):
    """An organisation as a register or a funder names it. name_keys: spelling -> what spellings of it share, the name
    first. rank: how good the register is, 0 the best."""

    name: str
    name_keys: dict[str, str]
    country: str | None
    region: str | None
    town: str | None
    type: str
    web: str | None
    ids: tuple[str, ...]
    rank: int


class _Known:
    """What the store and this batch know of ids and names."""

    def __init__(self, connection: Connection, batch: Sequence[Named]) -> None:
        self._connection = connection
        ids = sorted({known for one in batch for known in one.ids})
        names = sorted({name for one in batch for name in _sure_names(one)})
        self.by_id = keys_of_ids(connection, ids)
        self.by_name: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name, country, key in connection.execute(queries("organisations")["known_names"].text, [names]).fetchall():
            self.by_name[name, country].add(key)
        near = sorted({*self.by_id.values(), *(key for keys in self.by_name.values() for key in keys)})
        self.ids: dict[str, set[str]] = defaultdict(set)
        for key, known in connection.execute(queries("organisations")["ids_of"].text, [near]).fetchall():
            self.ids[key].add(known)

    def key_of(self, one: Named) -> str:
        """The identity of an arriving organisation, a new one where none is sure; remembers it."""
        found = sorted({self.by_id[known] for known in one.ids if known in self.by_id})
        if len(found) > 1 and not self._contradict(*found):
            found = [self._merge(found)]
        named = self._bearers(one) - set(found) if len(found) < 2 else set()
        if len(named) == 1 and not (found and self._contradict(*found, *named)):
            found = [self._merge(sorted((*found, *named)))] if found else list(named)
        key = found[0] if found else _new_key(one)
        self.ids[key].update(known for known in one.ids if known not in self.by_id)
        for known in one.ids:
            self.by_id.setdefault(known, key)
        for name in _sure_names(one) if one.country else ():
            self.by_name[name, one.country or ""].add(key)
        return key

    def _bearers(self, one: Named) -> set[str]:
        """Identities of the same country that bear one of its names and no other number of a register."""
        if not one.country:
            return set()
        bearing = {key for name in _sure_names(one) for key in self.by_name[name, one.country]}
        return {key for key in bearing if not _contradicts(one.ids, self.ids[key])}

    def _contradict(self, *keys: str) -> bool:
        first, *others = (self.ids[key] for key in keys)
        return any(_contradicts(tuple(first), other) for other in others)

    def _merge(self, keys: Sequence[str]) -> str:
        """Identities that one organisation's ids tie together become the first of them."""
        kept, *gone = keys
        for key in gone:
            for name in _MERGED:
                self._connection.execute(queries("organisations")[name].text, {"kept": kept, "gone": key})
            self._connection.execute(queries("organisations")["drop_merged"].text, {"gone": key})
            self.ids[kept] |= self.ids.pop(key)
            self.by_id = {known: kept if home == key else home for known, home in self.by_id.items()}
            for homes in self.by_name.values():
                if key in homes:
                    homes -= {key}
                    homes |= {kept}
        return kept


def identify(connection: Connection, batch: Sequence[Named]) -> list[str]:
    """The identity of each organisation of a batch, stored with its names and ids. Call inside `Warehouse.write`."""
    known = _Known(connection, batch)
    first = [known.key_of(one) for one in batch]
    keys = [known.by_id.get(one.ids[0], key) if one.ids else key for one, key in zip(batch, first, strict=True)]
    _store(connection, keys, batch)
    return keys


def keys_of_ids(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The identity that bears each id, where one does."""
    return dict(connection.execute(queries("organisations")["known_ids"].text, [sorted(set(ids))]).fetchall())


def _sure_names(one: Named) -> set[str]:
    """What spellings of its names share; of the other names only those of several words, since short forms repeat."""
    return {one.name_keys[one.name], *(name for name in one.name_keys.values() if " " in name)} - {""}


def _contradicts(ids: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two sets of ids hold different numbers of one scheme."""
    mine, theirs = ({known.partition(":")[0]: known for known in held} for held in (ids, others))
    return any(scheme in mine and scheme in theirs and mine[scheme] != theirs[scheme] for scheme in _ONE_EACH)


def _new_key(one: Named) -> str:
    return one.ids[0] if one.ids else f"name:{(one.country or 'xx').lower()}:{one.name_keys[one.name]}"


def _store(connection: Connection, keys: Sequence[str], batch: Sequence[Named]) -> None:
    best: dict[str, Named] = {}
    for key, one in sorted(zip(keys, batch, strict=True), key=lambda pair: (pair[0], pair[1].rank)):
        best[key] = _filled(best[key], one) if key in best else one
    rows = [{**one._asdict(), "organisation_key": key} for key, one in best.items()]
    columns = [{name: row[name] for name in _ORGANISATIONS.names} for row in rows]
    with incoming(connection, "incoming", columns, _ORGANISATIONS):
        connection.execute(queries("organisations")["update_organisations"].text)
        connection.execute(queries("organisations")["insert_organisations"].text)
    pairs = list(zip(keys, batch, strict=True))
    ids = list({known: {"id": known, "organisation_key": key} for key, one in pairs for known in one.ids}.values())
    with incoming(connection, "incoming", ids, _IDS):
        connection.execute(queries("organisations")["insert_ids"].text)
    names = [
        {"name_key": shared, "country": one.country, "spelling": spelling, "organisation_key": key}
        for key, one in pairs
        for spelling, shared in one.name_keys.items()
    ]
    with incoming(connection, "incoming", names, _NAMES):
        connection.execute(queries("organisations")["insert_names"].text)


def _filled(one: Named, other: Named) -> Named:
    """The better of two, with what only the other knows."""
    return one._replace(
        country=one.country or other.country,
        region=one.region or other.region,
        town=one.town or other.town,
        web=one.web or other.web,
        type="sme" if "sme" in (one.type, other.type) else other.type if one.type == "unknown" else one.type,
    )


def read_organisations(connection: Connection, keys: Sequence[str] | None = None) -> dict[str, Organisation]:
    """Whole identities by key; all of them without keys."""
    rows = connection.execute(
        queries("organisations")["read_organisations"].text, [keys is None, list(keys or ())]
    ).fetchall()
    return {row[0]: _organisation(row) for row in rows}


def _organisation(row: tuple[Any, ...]) -> Organisation:
    key, name, country, region, town, kind, web, spellings, ids, entries = row
    return Organisation(
        organisation_key=key,
        name=name,
        aliases=tuple(spelling for spelling in spellings or () if spelling != name),
        country=country,
        region=region,
        town=town,
        type=kind,
        web=web,
        ids=tuple(ids or ()),
        registers=tuple(entries or ()),
    )
