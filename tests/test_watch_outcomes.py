"""`varde outcome`: from item to result, append-only, scoped (P44, P34)."""

from pathlib import Path

import pytest

from terms.item import Call
from tests.door import Door
from tests.houses import make_house, stock
from tests.make import company, item
from watch.house import House
from watch.people import add_person
from watch.review import decide, find_opportunity, opportunity_ref, queue


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Two companies, each with a call and a paper."""
    made = make_house(tmp_path, monkeypatch, company(), company("fjord", name="Fjord AS"))
    for number, key in enumerate(("tind", "fjord"), 1):
        arriving = (item("call", kind="call", title="A call", call=Call()), item("paper", title="A paper"))
        stock(made, *arriving, need_key=f"{key}/valves", no=number)
    return made


@pytest.fixture
def door(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(tmp_path, capsys, monkeypatch)


def refs(house: House) -> dict[tuple[str, str], str]:
    return {(o.company_key, o.item.kind): opportunity_ref(o) for o in queue(house).waiting}


def add(door: Door, ref: str, step: str, *more: str) -> tuple[int, str]:
    said = door("outcome", "add", ref, step, "--broker", "Bo", *more)
    return said.code, said.err


def test_a_chain_from_item_to_result(house: House, door: Door) -> None:
    """Each step counts an item once; a step noted twice by mistake is taken back, and both rows stay."""
    call, paper = refs(house)["tind", "call"], refs(house)["tind", "publication"]
    for ref, step, more in (
        (call, "conversation", ("--on", "2026-10-02")),
        (call, "conversation", ("--on", "2026-10-09")),
        (paper, "conversation", ("--on", "2026-10-09", "--note", "blåbær")),
        (call, "application", ("--on", "2026-10-30", "--eur", "250000")),
        (
            call,
            "result",
            (
                "--ending",
                "lost",
            ),
        ),
        (call, "undo", ()),
        (call, "result", ("--ending", "won", "--eur", "200000")),
    ):
        assert add(door, ref, step, *more)[0] == 0
    rows = door("outcome", "list", "tind", "--json").rows
    assert [(row["on"], row["step"], row["eur"]) for row in rows][-2:] == [
        ("2026-10-30", "application", "250000"),
        ("2026-11-23", "result (won)", "200000"),
    ]
    assert "blåbær" in {row["note"] for row in rows}
    assert "conversation: 2, project idea: 0, application: 1, result: 1" in door("outcome", "list", "tind").out
    with house.ledger.read() as connection:
        assert connection.exec_driver_sql("select count(*) from outcomes").scalar() == 7
        assert connection.exec_driver_sql("select count(*) from audit where what = 'outcome noted'").scalar() == 7


def test_a_ref_means_the_same_when_nothing_is_flagged_any_more(house: House, door: Door) -> None:
    """What was decided or noted outlives the match."""
    wanted = {key: refs(house)[key] for key in (("tind", "call"), ("tind", "publication"))}
    decide(house, find_opportunity(house, wanted["tind", "call"]), "accept", broker="Bo")
    add(door, wanted["tind", "publication"], "conversation")
    stock(
        house,
        item("call", kind="call", title="A call", call=Call()),
        item("paper", title="A paper"),
        no=9,
        flagged=False,
    )
    assert [add(door, ref, "project idea")[0] for ref in wanted.values()] == [0, 0]
    assert {row["title"] for row in door("outcome", "list", "--json").rows} == {"A call", "A paper"}


@pytest.mark.parametrize(
    ("step", "more", "why"),
    [
        ("result", (), "won, lost or withdrawn"),
        ("conversation", ("--ending", "won"), "won, lost or withdrawn"),
        ("conversation", ("--eur", "5"), "has an amount"),
        ("application", ("--eur", "-5"), "0 euro or more"),
        ("conversation", ("--on", "2027-01-01"), "future"),
        ("conversation", ("--note", "x" * 3000), "2000 characters"),
        ("undo", (), "nothing is noted"),
    ],
)  # fmt: skip
def test_what_does_not_belong_is_refused(house: House, door: Door, step: str, more: tuple[str, ...], why: str) -> None:
    """And nothing is stored."""
    code, err = add(door, refs(house)["tind", "call"], step, *more)
    assert (code, why in err) == (1, True), err
    assert door("outcome", "list", "--json").rows == []


def test_a_broker_notes_and_sees_only_what_he_serves(house: House, door: Door) -> None:
    """An item of others is told of in the same words as none."""
    add_person(house, "bo", "Bo", "broker", "a long quiet evening", serves=("fjord",), by="test")
    every = refs(house)
    add(door, every["tind", "call"], "conversation")
    add(door, every["fjord", "call"], "conversation")
    assert [row["need"] for row in door("outcome", "list", "--as", "bo", "--json").rows] == ["fjord/valves"]
    others = add(door, every["tind", "call"], "project idea", "--as", "bo")[1]
    none = add(door, "ZZZZZZ", "project idea", "--as", "bo")[1]
    assert others.replace(every["tind", "call"], "ZZZZZZ") == none
    assert door("outcome", "list", "tind", "--as", "bo").code == 1
