"""`varde joint`: calls that two served companies could answer together, for their brokers only (P42, P34)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from network.lines import ref_of
from terms.company import Company
from terms.item import Call, Item, Organisation
from tests.door import Door
from tests.houses import make_house, stock
from tests.make import NOW, company, item, match, need
from warehouse import clusters, items, matches
from watch.house import House
from watch.people import add_person
from watch.review import decide, find_opportunity

RULE = "The consortium must consist of at least three partners from three different countries."
OPEN = "Robots at sea. " + RULE
NATIONAL = "Robots at sea. Companies registered in Norway may apply. Only companies registered in Norway may apply."


def three() -> tuple[Company, ...]:
    """Two Norwegian companies and a German one; the German one's need is closed."""
    secret = need(
        title="Zirconate gaskets", description="Zirconate gaskets nobody may hear of.", confidentiality="closed"
    )
    return (
        company(),
        company("fjord", name="Fjord AS"),
        company("berg", name="Berg GmbH", country="DE", needs=(secret,)),
    )


def call(source_id: str, text: str, days: int = 40) -> Item:
    facts = Call(deadlines_at=(NOW + timedelta(days=days),))
    return item(source_id, kind="call", title=f"Call {source_id}", text=text, language="en", call=facts)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An open call that fits all three, one that only Norwegians may answer, a closed one, one that fits one."""
    made = make_house(tmp_path, monkeypatch, *three())
    every = (call("wide", OPEN), call("home", NATIONAL), call("past", OPEN, days=-1))
    for number, key in enumerate(("tind", "fjord", "berg"), 1):
        more = (call("lone", OPEN),) if key == "tind" else ()
        stock(made, *every, *more, item("paper"), need_key=f"{key}/valves", no=number)
    return made


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(tmp_path, capsys, monkeypatch)


def sets(rows: list[dict[str, Any]]) -> dict[str, set[str]]:
    return {row["title"]: {one["company_key"] for one in row["applicants"]} for row in rows}


def test_open_calls_with_the_companies_that_may_apply(house: House, door: Door) -> None:
    """Who is not eligible is left out; closed calls, papers and calls for one are no joint opportunity."""
    rows = door("joint", "--json").rows
    assert sets(rows) == {"Call wide": {"tind", "fjord", "berg"}, "Call home": {"tind", "fjord"}}
    assert "Call lone" in sets(door("joint", "--single", "--json").rows)


def test_the_calls_rule_is_held_against_the_set_and_quoted(house: House, door: Door) -> None:
    """Three partners are there, three countries are not; a call without a rule says not stated."""
    rules = {row["title"]: row["rules"] for row in door("joint", "--json").rows}
    (wide,) = [rule for rule in rules["Call wide"] if rule["standing"] == "lacking"]
    assert (wide["lacks"], wide["quote"]["text"]) == ("1 more country", RULE)
    assert [rule["standing"] for rule in rules["Call home"]] == ["not stated"]
    said = door("joint").out
    assert RULE in " ".join(said.split())
    assert "Zirconate" not in said


def test_a_rejection_takes_a_company_out(house: House, door: Door) -> None:
    """Of that call's set only; a set of one is no joint opportunity any more."""
    refs = {r["title"]: {a["company_key"]: a["ref"] for a in r["applicants"]} for r in door("joint", "--json").rows}
    for title in ("Call wide", "Call home"):
        decide(house, find_opportunity(house, refs[title]["fjord"]), "reject", broker="Bo", reason="known already")
    assert sets(door("joint", "--json").rows) == {"Call wide": {"tind", "berg"}}


def test_what_was_accepted_below_the_threshold_counts(house: House, door: Door) -> None:
    """A broker's yes is worth more than a flag."""
    extra = call("deep", OPEN)
    stock(house, extra, need_key="tind/valves", no=7)
    stock(house, extra, need_key="fjord/valves", no=8)
    ref = {
        a["company_key"]: a["ref"]
        for r in door("joint", "--json").rows
        if r["title"] == "Call deep"
        for a in r["applicants"]
    }
    decide(house, find_opportunity(house, ref["fjord"]), "accept", broker="Bo")
    stock(house, extra, need_key="fjord/valves", no=9, flagged=False)
    assert sets(door("joint", "--json").rows)["Call deep"] == {"tind", "fjord"}


def test_what_came_by_chance_does_not_count(house: House, door: Door) -> None:
    """A match from below the threshold (P26) makes no joint opportunity until a broker accepts it."""
    with house.warehouse.write() as connection:
        absorbed = items.absorb(connection, [call("luck", OPEN)], absorb_no=40, seen_at=NOW)
        clusters.join(connection, absorbed.new)
        home = items.read_clusters_of(connection, ["journal:luck"])["journal:luck"]
        drawn = [
            match(home, f"{key}/valves", item_key="journal:luck", model_version="t~explored")
            for key in ("tind", "fjord")
        ]
        matches.store_matches(connection, drawn, (), at=NOW)
    assert "Call luck" not in sets(door("joint", "--single", "--json").rows)
    for key in ("tind", "fjord"):
        decide(house, find_opportunity(house, ref_of(key, home)), "accept", broker="Bo")
    assert sets(door("joint", "--json").rows)["Call luck"] == {"tind", "fjord"}


def test_a_broker_sees_only_companies_that_he_serves(house: House, door: Door) -> None:
    """Neither the name nor the number of others; two of his own are needed. Mentors and strangers see nothing."""
    add_person(house, "bo", "Bo", "broker", "a long quiet evening", serves=("tind", "berg"), by="test")
    add_person(house, "eva", "Eva", "broker", "a long quiet evening", serves=("fjord",), by="test")
    add_person(house, "mentor", "Mia", "mentor", "a long quiet evening", serves=("*",), by="test")
    mine = door("joint", "--as", "bo", "--json")
    assert sets(mine.rows) == {"Call wide": {"tind", "berg"}}
    assert [rule["lacks"] for rule in mine.rows[0]["rules"]] == ["1 more partner and 1 more country"]
    assert "jord" not in mine.out
    assert door("joint", "--as", "eva", "--json").rows == []
    refused = door("joint", "--as", "mentor")
    assert (refused.code, refused.out) == (1, "")
    assert door("joint", "--as", "nobody").code == 1


def test_who_from_outside_could_fill_the_gap(house: House, door: Door) -> None:
    """For calls that lack something, from a country that is not there yet first; nobody where all needs are closed."""
    for number, (name, country) in enumerate((("Nordseal AS", "NO"), ("TU Delft", "NL"), ("Fjord A/S", "NO")), 30):
        who = (Organisation(name=name, country=country),)
        stock(house, item(f"p{number}", organisations=who), need_key="tind/valves", no=number)
    rows = {row["title"]: row for row in door("joint", "--partners", "--json").rows}
    joining = [one["organisation"]["name"] for one in rows["Call wide"]["could_join"]]
    assert joining == ["TU Delft", "Nordseal AS"]
    assert rows["Call home"]["could_join"] == []
    assert "could join: TU Delft (NL" in door("joint", "--partners").out
    assert door("joint", "--json").rows[0]["could_join"] == []


def test_companies_that_are_alike_differ_by_aid(house: House, door: Door) -> None:
    """The gate is asked once for those alike, and again for who has aid on record."""
    aided = call("aided", "Robots at sea. Support is given as de minimis aid.")
    aided = aided.model_copy(update={"call": Call(deadlines_at=(NOW + timedelta(days=9),), max_grant_eur=150_000)})
    for number, key in enumerate(("tind", "fjord", "berg"), 20):
        stock(house, aided, need_key=f"{key}/valves", no=number)
    assert sets(door("joint", "--json").rows)["Call aided"] == {"tind", "fjord", "berg"}
    said = door("aid", "add", "fjord", "--eur", "290000", "--on", "2025-05-01", "--from", "A", "--broker", "Bo")
    assert said.code == 0
    assert sets(door("joint", "--json").rows)["Call aided"] == {"tind", "berg"}


def test_a_company_whose_engagement_is_over_is_gone(house: House, door: Door, tmp_path: Path) -> None:
    """With its map, from every set."""
    (tmp_path / "companies" / "fjord.yaml").unlink()
    assert door("company", "import").code == 0
    assert "fjord" not in {key for held in sets(door("joint", "--json").rows).values() for key in held}
