"""`varde gate` and `varde aid`: from a stored call to verdicts, and the three years of aid (P23)."""

from datetime import timedelta
from pathlib import Path

import pytest

from terms.item import Call
from tests.door import Door
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from watch.gate import stated
from watch.house import House
from watch.review import opportunity_ref, queue

TEXT = "Robots at sea. Companies registered in Norway may apply. Support is given as de minimis aid."


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """One company with one flagged call and one flagged paper."""
    made = make_house(tmp_path, monkeypatch, company(needs=(need(trl_now=4, trl_target=7),)))
    call = Call(deadlines_at=(NOW + timedelta(days=40),), max_grant_eur=150_000)
    stock(made, item("call", kind="call", text=TEXT, language="en", call=call), item("paper"))
    return made


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(tmp_path, capsys, monkeypatch)


def ref_of(house: House, kind: str) -> str:
    return next(opportunity_ref(o) for o in queue(house).waiting if o.item.kind == kind)


def test_the_gate_of_a_queued_call(house: House, door: Door) -> None:
    """Every criterion with its sentence; aid on record moves state aid from unknown to a verdict."""
    ref = ref_of(house, "call")
    before = {v["criterion"]: v for v in door("gate", ref, "--json").rows["verdicts"]}
    assert (before["country"]["outcome"], before["country"]["quote"]["text"]) == (
        "eligible",
        "Companies registered in Norway may apply.",
    )
    assert before["state aid"]["outcome"] == "unknown"
    said = door("aid", "add", "tind", "--eur", "200000", "--on", "2024-05-01", "--from", "Fylket", "--broker", "Bo")
    assert said.code == 0
    after = door("gate", ref, "--json").rows
    assert {v["criterion"]: v["outcome"] for v in after["verdicts"]}["state aid"] == "not eligible"
    assert after["outcome"] == "not eligible"
    assert "not eligible (state aid)" in door("gate", ref).out


def test_a_paper_passes_no_gate_and_unknown_refs_are_named(house: House, door: Door) -> None:
    """Only calls are applied to."""
    assert "only calls pass the gate" in door("gate", ref_of(house, "publication")).err
    assert door("gate", "ZZZZZZ").code == 1


def test_aid_older_than_three_years_does_not_count(house: House, door: Door) -> None:
    """The rows stay on record; what is in the future or of nobody is refused."""
    door("aid", "add", "tind", "--eur", "90000", "--on", "2023-11-22", "--from", "A", "--broker", "Bo")
    last = door("aid", "add", "tind", "--eur", "10000", "--on", "2023-11-23", "--from", "B", "--broker", "Bo")
    assert "10,000 euro" in last.out
    assert [row["eur"] for row in door("aid", "list", "tind", "--json").rows] == ["90000", "10000"]
    late = door("aid", "add", "tind", "--eur", "1", "--on", "2027-01-01", "--from", "C", "--broker", "Bo")
    assert "future" in late.err
    assert door("aid", "list", "nobody").code == 1


def test_quotes_are_verbatim(house: House) -> None:
    """field[start:end] == text for every statement."""
    call = next(o.item for o in queue(house).waiting if o.item.kind == "call")
    assert stated(call)
    assert [s for s in stated(call) if call.text[s.quote.start : s.quote.end] != s.quote.text] == []
