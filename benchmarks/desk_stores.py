"""Invented stores for benchmarks/desk.py: many items, companies with needs, open opportunities; bulk SQL, minutes.

Texts are eight sentences each of those that benchmarks/world.py has, so that words are as common and as rare as words
are. What absorbing reads (identities, fingerprints) is there too.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa

from benchmarks.world import sentences
from ledger import companies
from terms.company import Company, Contact, Engagement, Need
from warehouse.store import Connection
from watch.house import House
from watch.people import add_person

BROKERS, PASSWORD = 10, "benchmark-benchmark"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
_PART = 100_000  # items a transaction


def fill(house: House, items: int, firms: int, opened: int) -> None:
    """Companies, brokers who serve a share each, items, and `opened` flagged clusters spread over the companies."""
    with house.ledger.write() as connection:
        for number in range(firms):
            companies.save_company(connection, _company(number), at=NOW)
    for number in range(BROKERS):
        mine = [f"firm{n}" for n in range(firms) if n % BROKERS == number]
        add_person(house, f"broker{number}", f"Broker {number}", "broker", PASSWORD, serves=mine, by="benchmark")
    said = sentences()
    with house.warehouse.turn() as turn:
        for first in range(0, items, _PART):
            with turn.transaction() as connection:
                _add_items(connection, first, min(items, first + _PART), said)
        with turn.transaction() as connection:
            _add_matches(connection, firms, opened)


def _add_items(connection: Connection, first: int, end: int, said: Sequence[str]) -> None:
    numbers = pa.array(range(len(said)), pa.uint64())  # as hash() gives them: any other type joins by trying all
    connection.register("said", pa.table({"no": numbers, "words": list(said)}))
    facts = """'{"source":"bench","source_id":"' || i || '","kind":"publication","language":"en",'
        || '"url":"https://x.example/' || i || '"}'"""
    drawn = f"select i, k, hash(i * 16 + k) % {len(said)} as no from range({first}, {end}) t(i), range(9) u(k)"
    chosen = f"select i, k, words from ({drawn}) join said using (no)"
    texts = f"""select i, left(min(words) filter (k = 8), 90) || ' ' || i as title,
        string_agg(words, ' ' order by k) filter (k < 8) as body from ({chosen}) group by i"""
    count = f"from range({first}, {end}) t(i)"
    for statement in (
        f"""insert into states select 's' || i, 'bench:' || i, title, body, {facts}, repeat('0', 64)
            from ({texts}) order by i""",
        f"""insert into items select 'bench:' || i, 'bench', 'publication', 's' || i, date '2026-11-20', 1, 1,
            timestamptz '2026-11-20', timestamptz '2026-11-20' {count}""",
        f"insert into members select 'bench:' || i, 'bench:' || i {count}",
        f"insert into identities select 'title:' || md5(i::varchar), 'bench:' || i {count}",
        f"""insert into signatures select 'bench:' || i,
            list_transform(range(25), lambda k: (hash(i * 32 + k) % 4294967295)::uinteger + 1::uinteger),
            unhex(repeat(md5(i::varchar), 8)) {count}""",
    ):
        connection.execute(statement)
    connection.unregister("said")


def _add_matches(connection: Connection, firms: int, opened: int) -> None:
    reasons = """'{"terms":["method","results"],"passages":[{"field":"title","start":0,"end":5,"text":"'
        || left(title, 5) || '"}],"rule":null}'"""
    connection.execute(
        f"""insert into matches select 'firm' || (i % {firms}),
            'firm' || (i % {firms}) || '/need' || (i // {firms} % 2), 1, item_key, item_key,
            0.3 + (hash(i) % 7000) / 10000, 0.5, {reasons}, i < {opened}, 'bench-1', timestamptz '2026-11-20'
            from (select item_key, replace(title, '"', ' ') as title, substr(item_key, 7)::int as i from states)
            where i < {opened * 4}"""
    )
    connection.execute("insert into runs select 'bench', 'r1', 1, 'complete', '{}', 1, 1, 0, now(), now()")


def _company(number: int) -> Company:
    needs = tuple(
        Need(id=f"need{n}", title=f"Need {n}", description="Words that describe a need at some length. " * 8)
        for n in range(2)
    )
    return Company(
        id=f"firm{number}", name=f"Firm {number}", country="NO", size="small", needs=needs,
        contacts=(Contact(name="Kari", address=f"kari@firm{number}.example"),),
        engagement=Engagement(broker=f"Broker {number % BROKERS}", broker_address="b@varde.example",
                              start=date(2026, 1, 1), planned_end=date(2027, 7, 1)),
    )  # fmt: skip
