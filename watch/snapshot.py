"""The logical content of both stores in a fixed order: two houses are the same if their snapshots are (P63)."""

from ledger import companies, decisions, digests, outbox
from warehouse import runs
from watch.house import House


def snapshot(house: House) -> list[str]:
    """One line a fact. Left out: what counts attempts (runs, incidents, tries), since a kill adds to those."""
    with house.warehouse.read() as connection:
        lines = runs.dump(connection)
    with house.ledger.read() as connection:
        lines += [
            f"need|{v.need_key}|{v.version}|{v.need.model_dump_json()}" for v in companies.current_needs(connection)
        ]
        lines += [f"decision|{s.decision.model_dump_json()}" for s in decisions.read_decisions(connection)]
        lines += [
            f"digest|{k.digest_key}|{k.state}|{k.digest.model_dump_json()}" for k in digests.read_digests(connection)
        ]
        lines += [f"mail|{w.state}|{w.outgoing.model_dump_json()}" for w in outbox.read_outbox(connection)]
    return lines
