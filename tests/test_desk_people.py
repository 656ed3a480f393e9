"""`varde people` and the first start of `varde desk`: who may log in, and whom they serve (P34, P66, F-24)."""

import re
from pathlib import Path

import pytest

from needs.writing import write_map
from terms.person import Role
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.door import Door
from tests.houses import make_house
from tests.make import company
from varde.demo.people import demo_people
from varde.desking import _first_operator
from watch.house import House, open_house


@pytest.fixture
def varde(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    hurry(monkeypatch)
    (tmp_path / "companies").mkdir()
    (tmp_path / "companies" / "tind.yaml").write_text(write_map(company()), "utf-8")
    door = Door(tmp_path, capsys, monkeypatch)
    assert door("company", "import").code == 0
    return door


def test_people_are_added_listed_and_set_to_serve(varde: Door) -> None:
    """The password is printed once; what is wrong is refused by name."""
    added = varde("people", "add", "Bo@varde.example", "--name", "Bo Ødegård", "--serves", "tind")
    assert added.code == 0
    assert "bo@varde.example: Bo Ødegård, broker, password " in added.out
    assert varde("people", "list", "--json").rows == [
        {"login": "bo@varde.example", "name": "Bo Ødegård", "role": "broker", "language": "en", "serves": "tind"}
    ]
    assert varde("people", "serve", "bo@varde.example").code == 0
    assert varde("people", "list", "--json").rows[0]["serves"] == "-"
    assert varde("people", "serve", "bo@varde.example", "nosuch").code == 1
    assert varde("people", "passwd", "nobody").code == 1
    assert varde("people", "add", "bo@varde.example", "--name", "Another").code == 1
    assert varde("people", "add", "x", "--name", "X", "--role", "king").code == 2
    assert "password " in varde("people", "passwd", "bo@varde.example").out


def test_f_24_the_first_start_makes_an_operator_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a password nobody knows beforehand, which opens the desk; a second start makes none."""
    hurry(monkeypatch)
    house = make_house(tmp_path, monkeypatch)
    [said] = list(_first_operator(house))
    password = said.split("password ")[1].split(" ")[0]
    assert list(_first_operator(house)) == []
    assert Browser(make_desk(house)).log_in("operator", password).status_code == 303


def test_the_demos_people_get_new_passwords_at_each_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Brokers and mentors of the need maps, and an operator; each log-in name once."""
    hurry(monkeypatch)
    house: House = make_house(tmp_path, monkeypatch)
    first, second = list(demo_people(house)), list(demo_people(house))
    assert [one.login for one in first] == [one.login for one in second] == ["broker", "operator"]
    assert {one.password for one in first}.isdisjoint(one.password for one in second)
    assert Browser(make_desk(house)).log_in("broker", second[0].password).status_code == 303


def test_plain_http_is_for_this_machine_only(varde: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere a password would travel in clear text."""
    monkeypatch.setenv("VARDE_DESK_HOST", "0.0.0.0")
    said = varde("desk")
    assert said.code == 1
    assert "VARDE_DESK_URL" in said.err


@pytest.mark.parametrize(("role", "told"), [("operator", "varde company import"), ("broker", "varde people serve")])
def test_an_empty_installation_says_what_to_do_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role, told: str
) -> None:
    """No company, no item, no index: every page of the menu opens, and the first ones name the next step."""
    hurry(monkeypatch)
    house = open_house(None, home=tmp_path / "home", maps=tmp_path / "companies", feeds=tmp_path / "feeds.yaml")
    make_person(house, "bo", role, serves=("*",))
    browser = enter(make_desk(house))
    assert browser.get("/").headers["location"] == "/account"
    for path in ("/account", "/queue"):
        assert told in browser.get(path).text
    for entry in re.findall(r'<a href="(/[a-z-]+)"', browser.get("/account").text):
        assert browser.get(entry).status_code == 200, entry
    assert browser.get("/queue.csv").content.count(b"\r\n") == 1
