"""Register entries as they stand now; one that did not change costs no row (P11)."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from terms.organisation import RegisterEntry
from warehouse.columns import incoming, schema_of
from warehouse.sql import queries
from warehouse.store import Connection

_SCHEMA = schema_of(entry_key="text", source="text", organisation_key="text", state_key="text", facts="text")


def state_of(facts: str) -> str:
    """What two equal states share."""
    return sha256(facts.encode("utf-8", "replace")).hexdigest()


def entry_key(entry: RegisterEntry) -> str:
    """Our name for an entry, unique over all registers."""
    return f"{entry.source}:{entry.source_id}"


def changed_entries(connection: Connection, entries: Sequence[RegisterEntry]) -> list[RegisterEntry]:
    """Those that are new or not as we hold them; of several with one key the last counts."""
    last = {entry_key(entry): entry for entry in entries}
    with incoming(connection, "incoming", _rows(list(last.values()), [""] * len(last)), _SCHEMA):
        found = connection.execute(queries("organisations")["changed_entries"].text).fetchall()
    return [last[key] for (key,) in sorted(found)]


def store_entries(connection: Connection, entries: Sequence[RegisterEntry], keys: Sequence[str], at: datetime) -> None:
    """Entries with the identity of each. Call inside `Warehouse.write`."""
    with incoming(connection, "incoming", _rows(entries, keys), _SCHEMA):
        connection.execute(queries("organisations")["update_entries"].text, [at])
        connection.execute(queries("organisations")["insert_entries"].text, [at, at])


def _rows(entries: Sequence[RegisterEntry], keys: Sequence[str]) -> list[dict[str, str]]:
    told = [entry.model_dump_json(exclude={"capture_sha256"}) for entry in entries]
    return [
        {"entry_key": entry_key(e), "source": e.source, "organisation_key": k, "state_key": state_of(f), "facts": f}
        for e, k, f in zip(entries, keys, told, strict=True)
    ]
