"""Companies with everything that a company can have, and every address of the desk: for crawls of all routes."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import text

from desk.access import ROWS
from ledger import incidents
from network.lines import ref_of
from terms.aid import Aid
from terms.company import Company, Contact
from terms.incident import Incident
from terms.item import Call, Organisation, Person
from tests.fetches import kept_bytes
from tests.houses import stock
from tests.make import NOW, company, item, need
from watch import digest, review
from watch.gate import add_aid
from watch.house import House

Say = Callable[[str], str]
BROKERS = {"tind": "bo", "fjell": "fia"}
ITEMS = {"tind": 3, "fjell": 4}
FIELDS = {"act": "accept", "seen": "x", "move": "up x", "until": "next", "ref": "x", "of": "x", "question": "x",
          "said": "x", "verb": "conversation", "title": "x", "description": "x", "sentence": "x"}  # fmt: skip


def secretive(key: str) -> Company:
    """A company of which every text has `KEYsecret` in it, beside its key."""
    reader = Contact(name=f"{key}secret Reader", address=f"reader@{key}secret.example")
    its = need("valves", title=f"{key}secret need", description=f"What {key}secret wants solved, in many words.")
    return company(key, name=f"{key}secret AS", contacts=(reader,), needs=(its,))


def fill(house: House, key: str, no: int, say: Say | None = None) -> None:
    """Whatever a company can have: items, decisions with notes, an approved digest, aid, trouble.

    say: what stands in a field that the words given name; unless told, the company's secret.
    """
    say = say or (lambda what: f"{key}secret {what}")
    every = [
        item(f"{key}{n}", title=say(f"finding {n}"), text=say("text"), people=(Person(name=say("author")),),
             organisations=(Organisation(name=say("institute")),))
        for n in range(ITEMS[key] - 1)
    ]  # fmt: skip
    call = item(f"{key}c", kind="call", title=say("call"), call=Call(deadlines_at=(NOW + timedelta(days=60),)))
    kept = [kept_bytes(house, one, one.title.encode()) for one in (*every, call)]
    stock(house, *kept, need_key=f"{key}/valves", no=no)
    waiting = [one for one in review.queue(house).waiting if one.company_key == key]
    review.decide(house, waiting[0], "accept", broker=say("Broker"), note=say("note"))
    digest.draft_all(house)
    digest.approve(house, key, by=say("Broker"))
    add_aid(house, Aid(key, date(2026, 3, 1), 31_000 + no, say("giver")), "Bo")
    told = Incident(where=f"digest:{key}", message="a digest waits", facts={"title": say("trouble")})
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, [told], at=NOW, run="r")


def addresses(house: House, method: str, key: str) -> Iterator[str]:
    """Every route of a method, with everything of this company in its places."""
    entries = [o for o in review.queue(house).waiting if o.company_key == key]
    refs = [ref_of(key, entry.match.cluster_key) for entry in entries]
    with house.ledger.read() as connection:
        lines = text("select ref from digest_lines where company_key = :key")
        told = connection.execute(lines, {"key": key}).scalars().all()
    values = {"company_key": [key], "ref": [*refs, *told], "need_id": ["valves"], "week": ["2026-W48"],
              "number": ["0"], "kind": ["docx"], "name": ["journal", key], "key": [key],
              "opinion_no": ["1"], "pair_key": ["AAAAAAAA"], "incident_key": ["0" * 64],
              "half": ["2026-H2"]}  # fmt: skip
    for row, access in ROWS.items():
        made, path = row.split()
        if made == method and "broker" in access.roles:
            yield from _filled(path, values)


def _filled(path: str, values: dict[str, list[str]]) -> Iterator[str]:
    found = re.search(r"\{(\w+)\}", path)
    if not found:
        yield path
        return
    for value in values[found[1]]:
        yield from _filled(path.replace(found[0], value), values)


def everything(house: House) -> dict[str, list[tuple[object, ...]]]:
    """Every row of what companies have."""
    tables = ("companies", "need_versions", "decisions", "digests", "outbox", "digest_edits", "held_lines", "claims",
              "opinions", "aid")  # fmt: skip
    with house.ledger.read() as connection:
        return {name: [tuple(row) for row in connection.exec_driver_sql(f"select * from {name}")] for name in tables}
