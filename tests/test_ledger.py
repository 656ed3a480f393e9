"""The ledger, every test on SQLite and on PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ledger import audit, companies, decisions, digests, incidents, outbox
from ledger.aid import aid_since, append_aid, read_aid
from ledger.schema import VERSION
from ledger.store import Ledger
from ledger.tables import metadata
from terms.aid import Aid
from terms.decision import Decision
from terms.digest import Digest, Line
from terms.errors import LedgerBusy, NotFound, SettingMissing
from terms.incident import Incident
from terms.mail import Outgoing
from tests import postgres
from tests.make import NOW, company, need


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if postgres.binaries() is None:
        pytest.skip("Debian's postgresql is not installed (apt-get install postgresql)")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    if request.param == "sqlite":
        made = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    else:
        made = Ledger(request.getfixturevalue("postgres_url"))
        with made.write() as connection:
            metadata.drop_all(connection)
    made.prepare()
    return made


def decision(verb: str, cluster: str = "journal:1", **facts: Any) -> Decision:
    usual = {
        "company_key": "tind", "need_key": "tind/valves", "need_version": 1, "cluster_key": cluster,
        "item_key": cluster, "verb": verb, "broker": "Bo", "model_version": "m", "decided_at": NOW,
    }  # fmt: skip
    return Decision.model_validate({**usual, **facts})


def line(ref: str, cluster: str) -> Line:
    return Line(
        ref=ref, cluster_key=cluster, item_key=cluster, need_key="tind/valves", kind="publication", title="Blåskjell",
        url="https://x.example", source_title="Journal",
    )  # fmt: skip


def digest(*lines: Line) -> Digest:
    return Digest(company_key="tind", iso_week="2026-W48", language="nb", suggestions=(), evidence=lines)


def mail(recipient: str = "kari@tind.example", **facts: Any) -> Outgoing:
    usual = {
        "outbox_key": f"tind/2026-W48/digest/{recipient}", "company_key": "tind", "iso_week": "2026-W48",
        "recipient": recipient, "sender": "varde@varde.example", "message_id": f"<{recipient}>", "body": b"Subject: x",
    }  # fmt: skip
    return Outgoing.model_validate({**usual, **facts})


def test_an_edit_makes_a_version_and_the_former_text_stays(ledger: Ledger) -> None:
    """P02."""
    with ledger.write() as c:
        first = companies.save_company(c, company(), at=NOW)
    with ledger.write() as c:
        assert companies.save_company(c, company(), at=NOW) == []
    edited = company(needs=(need(description="Seals for liquid hydrogen at 20 K."), need("cables")))
    with ledger.write() as c:
        fresh = companies.save_company(c, edited, at=NOW + timedelta(days=1))
    assert [(v.need_key, v.version) for v in first + fresh] == [
        ("tind/valves", 1),
        ("tind/valves", 2),
        ("tind/cables", 1),
    ]
    with ledger.read() as c:
        former = companies.read_need(c, "tind/valves", 1)
        assert former is not None
        assert former.need == need()
        assert companies.read_companies(c) == [edited]
        assert {(v.need_key, v.version) for v in companies.current_needs(c)} == {("tind/valves", 2), ("tind/cables", 1)}


def test_only_active_needs_of_watched_maps_are_matched(ledger: Ledger) -> None:
    """A paused need, a need taken out of the map and a company without a map are not watched."""
    with ledger.write() as c:
        companies.save_company(c, company(needs=(need(), need("gone"), need("rest", status="paused"))), at=NOW)
        companies.save_company(c, company(needs=(need(), need("rest", status="paused"))), at=NOW)
        companies.save_company(c, company("left"), at=NOW)
        assert companies.unwatch_others(c, ["tind"]) == ["left"]
    with ledger.read() as c:
        watched = companies.watched_needs(companies.read_companies(c), companies.current_needs(c))
    assert [v.need_key for v in watched] == ["tind/valves"]


def test_undo_uncovers_the_decision_before(ledger: Ledger) -> None:
    """P30: nothing is overwritten, nothing is lost."""
    with ledger.write() as c:
        for verb in ("later", "accept", "undo"):
            decisions.append(c, decision(verb))
        decisions.append(c, decision("accept", "journal:2"))
        decisions.append(c, decision("undo", "journal:2"))
        decisions.append(c, decision("undo", "journal:3"))
    with ledger.read() as c:
        history = decisions.read_decisions(c, "tind")
        stands = decisions.standing(history)
    assert len(history) == 6
    assert {key: s.decision.verb for key, s in stands.items()} == {("tind", "journal:1"): "later"}


def test_a_draft_is_replaced_until_it_is_approved(ledger: Ledger) -> None:
    """P35; told lines are those of approved digests only."""
    with ledger.write() as c:
        assert digests.save_draft(c, digest(line("AAA", "a"), line("BBB", "b")), at=NOW)
        assert digests.save_draft(c, digest(line("BBB", "b")), at=NOW)
        assert digests.read_told(c) == set()
        assert digests.set_approved(c, "tind/2026-W48/digest", by="Bo", at=NOW)
        assert not digests.set_approved(c, "tind/2026-W48/digest", by="Al", at=NOW)
        assert not digests.save_draft(c, digest(line("CCC", "c")), at=NOW)
        digests.drop_draft(c, "tind", "2026-W48")
    with ledger.read() as c:
        kept = digests.read_digest(c, "tind/2026-W48/digest")
        assert (kept.state, kept.approved_by, kept.approved_at) == ("approved", "Bo", NOW)
        assert kept.digest == digest(line("BBB", "b"))
        assert digests.read_told(c) == {("tind", "b")}
        assert [found.cluster_key for found in digests.find_lines(c, "BBB")] == ["b"]
        with pytest.raises(NotFound, match="no digest"):
            digests.read_digest(c, "tind/2026-W49/digest")


def test_a_dropped_draft_leaves_no_lines(ledger: Ledger) -> None:
    """A draft with nothing left to say is taken back."""
    with ledger.write() as c:
        digests.save_draft(c, digest(line("AAA", "a")), at=NOW)
        digests.drop_draft(c, "tind", "2026-W48")
        assert digests.find_lines(c, "AAA") == []
        assert digests.read_digests(c) == []


def test_a_mail_is_queued_once_and_claimed_once(ledger: Ledger) -> None:
    """P55: UNIQUE inserts, never check-then-insert."""
    with ledger.write() as c:
        assert outbox.enqueue(c, "d", [mail()], at=NOW, due_at=NOW) == 1
        assert outbox.enqueue(c, "d", [mail(message_id="<other>")], at=NOW, due_at=NOW) == 0
    with ledger.write() as c:
        (waiting,) = outbox.read_outbox(c, "pending")
        assert outbox.claim(c, waiting, at=NOW)
    with ledger.write() as c:
        assert not outbox.claim(c, waiting, at=NOW)
        outbox.mark(c, waiting.outgoing.outbox_key, "sent", "250 ok", at=NOW)
        outbox.mark(c, waiting.outgoing.outbox_key, "pending", "again?", at=NOW)
        (done,) = outbox.read_outbox(c)
        assert (done.state, done.attempts, done.detail) == ("sent", 1, "250 ok")
        assert outbox.claimed_at(c, waiting.outgoing.outbox_key) == NOW


def test_twenty_workers_claim_one_mail_once(ledger: Ledger) -> None:
    """RELIABILITY D-08, P20."""
    with ledger.write() as c:
        outbox.enqueue(c, "d", [mail()], at=NOW, due_at=NOW)
        (waiting,) = outbox.read_outbox(c)
    won: list[bool] = []

    def race() -> None:
        with ledger.write() as c:
            won.append(outbox.claim(c, waiting, at=NOW))

    workers = [threading.Thread(target=race) for _ in range(20)]
    _start_and_join(workers)
    assert sorted(won) == [False] * 19 + [True]


def _start_and_join(workers: list[threading.Thread]) -> None:
    act: Callable[[threading.Thread], None]
    for act in (threading.Thread.start, threading.Thread.join):
        for worker in workers:
            act(worker)


def test_a_stopped_address_gets_nothing_more(ledger: Ledger) -> None:
    """RELIABILITY E-18."""
    with ledger.write() as c:
        outbox.enqueue(c, "d", [mail(), mail("ola@tind.example")], at=NOW, due_at=NOW)
        assert outbox.add_stop(c, "Kari@Tind.example", "asked by mail", at=NOW)
        assert not outbox.add_stop(c, "kari@tind.example", "again", at=NOW)
        assert outbox.stop_addresses(c, at=NOW) == 1
        assert [w.state for w in outbox.read_outbox(c)] == ["stopped", "pending"]


def test_an_error_rolls_the_whole_transaction_back(ledger: Ledger) -> None:
    """One helper, and it raises."""
    with pytest.raises(ZeroDivisionError), ledger.write() as c:
        companies.save_company(c, company(), at=NOW)
        _ = 1 / 0
    with ledger.read() as c:
        assert companies.read_companies(c) == []


def test_incidents_are_counted_once_a_run_and_sorted_by_trouble(ledger: Ledger) -> None:
    """HOUSE 10."""
    down = Incident(where="source:a", message="no answer", facts={"url": "https://a.example/æ"})
    worse = Incident(where="digests", level="error", message="mail refused")
    with ledger.write() as c:
        for run in ("r1", "r1", "r2"):
            incidents.note_incidents(c, [down], at=NOW, run=run)
        incidents.note_incidents(c, [worse], at=NOW - timedelta(days=3), run="r1")
    with ledger.read() as c:
        found = incidents.read_incidents(c)
        recent = incidents.read_incidents(c, since=NOW)
    assert [(i.incident, i.times) for i in found] == [(worse, 1), (down, 2)]
    assert [i.incident for i in recent] == [down]


def test_audit_rows_are_added(ledger: Ledger) -> None:
    """P66."""
    with ledger.write() as c:
        audit.append_audit(c, "Bo", "approved", {"digest": "tind/2026-W48"}, at=NOW)
        assert c.execute(text("select who, what, facts_json from audit")).all() == [
            ("Bo", "approved", '{"digest": "tind/2026-W48"}')
        ]


def test_times_without_zone_are_refused(ledger: Ledger) -> None:
    """RELIABILITY G-06."""
    with pytest.raises(Exception, match="time without zone"), ledger.write() as c:
        companies.save_company(c, company(), at=NOW.replace(tzinfo=None))


def test_prepare_twice_and_a_newer_schema(ledger: Ledger) -> None:
    """Starting again is harmless; an older Varde does not touch a newer ledger."""
    ledger.prepare()
    with ledger.write() as c:
        c.execute(text("update schema_versions set version = 99"))
    with pytest.raises(SettingMissing, match="newer Varde"):
        ledger.prepare()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", ""])
def test_an_unusable_address_is_named(url: str) -> None:
    """RELIABILITY I-10."""
    with pytest.raises(SettingMissing, match="VARDE_LEDGER_URL"):
        Ledger(url)


def test_a_ledger_that_does_not_answer_says_so_without_its_password(tmp_path: Path) -> None:
    """P65."""
    with pytest.raises(LedgerBusy) as caught:
        Ledger(f"postgresql://varde:s3cret@/none?host={tmp_path}").prepare()
    assert "s3cret" not in str(caught.value)


def test_an_older_ledger_takes_each_step_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column added by a later version is there afterwards, and what was stored stays."""
    ledger.prepare()
    monkeypatch.setattr("ledger.store.VERSION", VERSION + 1)
    monkeypatch.setattr("ledger.store.STEPS", {VERSION + 1: ("alter table stops add column asked_by varchar(40)",)})
    ledger.prepare()
    ledger.prepare()
    with ledger.read() as connection:
        assert connection.exec_driver_sql("select asked_by from stops").all() == []
        assert connection.exec_driver_sql("select version from schema_versions").scalar() == VERSION + 1


def test_aid_on_both_engines(ledger: Ledger) -> None:
    """Nothing on record is None, not zero."""
    ledger.prepare()
    with ledger.write() as connection:
        assert aid_since(connection, "tind", date(2024, 1, 1)) is None
        append_aid(connection, Aid("tind", date(2025, 1, 1), 50_000, "X"), "Bo", at=NOW)
        append_aid(connection, Aid("tind", date(2023, 1, 1), 70_000, "Y"), "Bo", at=NOW)
        assert aid_since(connection, "tind", date(2024, 1, 1)) == 50_000
        assert [row.amount_eur for row in read_aid(connection, "tind")] == [70_000, 50_000]
