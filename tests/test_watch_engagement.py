"""Half-year reports: counted from the ledger, hidden below three companies, drawn as PDF (P44, P04, P34)."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from ledger.outcomes import append_outcome
from terms.outcome import Outcome, OutcomeVerb
from tests.door import Door
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from watch.engagement import days_of, half_of
from watch.engagement_network import shown
from watch.house import House
from watch.people import add_person
from watch.review import decide, queue

KEYS = ("tind", "fjord", "berg", "dal")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Four companies, each with one accepted paper; the first has a closed need."""
    closed = need("hidden", title="Quasar foils", description="Nobody may hear of them.", confidentiality="closed")
    every = [company(key, name=f"{key.title()} #AS *x*") for key in KEYS]
    every[0] = every[0].model_copy(update={"needs": (*every[0].needs, closed)})
    made = make_house(tmp_path, monkeypatch, *every)
    for number, key in enumerate(KEYS, 1):
        stock(made, item("paper", title="A paper"), need_key=f"{key}/valves", no=number)
    for opportunity in queue(made).waiting:
        decide(made, opportunity, "accept", broker="Bo")
    return made


@pytest.fixture
def door(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(tmp_path, capsys, monkeypatch)


def note(house: House, key: str, verb: OutcomeVerb, on: date = date(2026, 11, 2), **facts: Any) -> None:
    """One step of a company's only chain."""
    usual: dict[str, Any] = {
        "ref": f"REF{key}", "company_key": key, "need_key": f"{key}/valves", "cluster_key": "c",
        "title": "A `call` $x$",
        "verb": verb, "happened_on": on, "who": "Bo", "noted_at": NOW,
    }  # fmt: skip
    with house.ledger.write() as connection:
        append_outcome(connection, Outcome.model_validate({**usual, **facts}))


def test_half_years_and_their_days() -> None:
    """Both ends; what is none is refused."""
    assert [half_of(date(2026, month, 30)) for month in (6, 7)] == ["2026-H1", "2026-H2"]
    assert days_of("2026-H2") == (date(2026, 7, 1), date(2027, 1, 1))
    for wrong in ("2026", "2026-H3", "0000-H1", "2026-H1 "):
        with pytest.raises(ValueError, match="2026-H2"):
            days_of(wrong)


def test_one_company_half_a_year(house: House, door: Door) -> None:
    """Only what fell into it; a closed need has no title."""
    note(house, "tind", "conversation", date(2026, 6, 30))
    note(house, "tind", "application", amount_eur=9)
    note(house, "tind", "result", date(2026, 11, 20), ending="won", amount_eur=200_000)
    half = door("engagement", "tind", "--json").rows
    assert (half["half"], half["month_no"], half["months_planned"]) == ("2026-H2", 11, 18)
    figures = {name: half["figures"][name] for name in ("accepted", "conversation", "application", "won", "won_eur")}
    assert figures == {"accepted": 1, "conversation": 0, "application": 1, "won": 1, "won_eur": 200_000}
    assert [month["first"] for month in half["months"]] == [f"2026-{m:02}-01" for m in (7, 8, 9, 10, 11)]
    assert [need["title"] for need in half["needs"]] == ["Tight hydrogen valves", None]
    assert door("engagement", "tind", "--half", "2026-H1", "--json").rows["figures"]["conversation"] == 1
    said = door("engagement", "tind", "--language", "nb").out
    assert "juli til desember 2026" in said
    assert "et fortrolig behov" in said
    assert "Quasar" not in said + door("engagement", "tind", "--json").out


@pytest.mark.parametrize(
    ("values", "expected"),
    [((5, 5), None), ((0, 0), None), ((5, 0, 0), None), ((5, 5, 0, 0), None), ((0, 0, 0), 0), ((1, 2, 3, 0), 6)],
)
def test_a_figure_of_fewer_than_three_companies_is_hidden(values: tuple[int, ...], expected: int | None) -> None:
    """Of fewer companies at all, and of fewer that have any of it."""
    assert shown(values) == expected


def test_the_network_hides_what_would_tell_of_one(house: House, door: Door) -> None:
    """Four accepted: told. Two won: hidden, also in words and in the PDF."""
    for key in KEYS[:2]:
        note(house, key, "result", ending="won", amount_eur=123_456)
    for key in KEYS[:3]:
        note(house, key, "conversation")
    half = door("network-report", "--json").rows
    assert (half["companies"], half["figures"]["accepted"], half["figures"]["conversation"]) == (4, 4, 3)
    assert {half["figures"][name] for name in ("won", "won_eur", "result")} == {None}
    assert half["phases"] == {"mapping": 4}
    assert [month["accepted"] for month in half["months"]] == [0, 0, 0, 0, 4]
    said = door("network-report").out
    assert "hidden" in said
    assert "246" not in said


def test_months_are_left_out_where_one_would_be_hidden(house: House, door: Door) -> None:
    """Or it could be found from the sum and the others."""
    stock(house, item("more"), need_key="tind/valves", no=9)
    decide(house, queue(house).waiting[0], "accept", broker="Bo")
    with house.ledger.write() as connection:
        connection.exec_driver_sql("update decisions set decided_at = '2026-09-02 10:00:00' where decision_no = 5")
    half = door("network-report", "--json").rows
    assert (half["figures"]["accepted"], half["months"]) == (5, [])


def test_below_three_companies_nothing_is_told(house: House, door: Door) -> None:
    """A broker's network is the companies that he serves; a mentor has none."""
    add_person(house, "bo", "Bo", "broker", "a long quiet evening", serves=KEYS[:2], by="test")
    add_person(house, "mia", "Mia", "mentor", "a long quiet evening", serves=("*",), by="test")
    half = door("network-report", "--as", "bo", "--json").rows
    assert (half["companies"], set(half["figures"].values()), half["months"], half["phases"]) == (None, {None}, [], {})
    assert door("engagement", "dal", "--as", "bo").code == 1
    assert door("network-report", "--as", "mia").code == 1


def test_both_reports_as_pdf(house: House, door: Door, tmp_path: Path) -> None:
    """Text that looks like markup stays text; an export is audited."""
    note(house, "tind", "conversation")
    for words, name in ((("engagement", "tind"), "one.pdf"), (("network-report", "--language", "nb"), "net.pdf")):
        assert door(*words, "--pdf", str(tmp_path / name)).code == 0
    pages = {name: PdfReader(io.BytesIO((tmp_path / name).read_bytes())).pages for name in ("one.pdf", "net.pdf")}
    one = " ".join(page.extract_text() for page in pages["one.pdf"])
    assert "Tind #AS *x*" in one
    assert "A `call` $x$" in one
    assert "From item to result" in one
    assert "Nettverket" in pages["net.pdf"][0].extract_text()
    with house.ledger.read() as connection:
        assert connection.exec_driver_sql("select count(*) from audit where what = 'report exported'").scalar() == 2
