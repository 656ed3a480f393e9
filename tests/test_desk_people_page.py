"""The operators' page of people: add, role, companies, password, off and on, sessions; each on record (P34, P66)."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from terms.errors import VardeError
from tests.desks import PASSWORD, Browser, Wall, enter, hurry, make_desk, make_person
from tests.door import Door
from tests.houses import make_house
from tests.make import company, need
from watch.house import House
from watch.people import add_person, find_login, list_people
from watch.people_changes import set_active, set_role


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, company(), company("fjell", name="Fjell Hemmelig AS", needs=(need(),)))
    make_person(made, "olga", "operator", serves=("*",))
    make_person(made, "tora", "operator", serves=("tind",))
    make_person(made, "bo")
    make_person(made, "fia", serves=("fjell",))
    make_person(made, "ada", serves=("tind", "fjell"))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def key_of(house: House, login: str) -> str:
    return find_login(house, login).person.person_key


def serves(house: House, login: str) -> set[str]:
    return set(find_login(house, login).serves)


def audit(house: House) -> list[tuple[str, str]]:
    with house.ledger.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("select who, what from audit order by at, audit_no")]


def shown_password(page: str) -> str:
    found = re.search(r'<code class="secret"[^>]*>([^<]+)</code>', page)
    assert found
    return found[1]


def test_somebody_is_added_and_logs_in_with_what_is_shown_once(app: FastAPI, house: House) -> None:
    """The password is on one page only; the new person serves what was ticked and nothing else."""
    olga = enter(app, "olga")
    answer = olga.post(
        "/people", login="Nils@varde.example", name="Nils <b>Ny</b>", role="mentor", serves=["tind", "fjell"]
    )
    assert answer.status_code == 200
    assert "Nils &lt;b&gt;Ny&lt;/b&gt;" in answer.text
    password = shown_password(answer.text)
    assert Browser(app).log_in("nils@varde.example", password).status_code == 303
    assert serves(house, "nils@varde.example") == {"tind", "fjell"}
    assert password not in olga.get(f"/people/{key_of(house, 'nils@varde.example')}").text
    assert password not in olga.get("/people").text
    again = olga.post("/people", login="nils@varde.example", name="Nils To", role="broker")
    assert again.status_code == 400
    assert "there is somebody called" in again.text
    assert 'value="Nils To"' in again.text
    assert olga.post("/people", login="x", name="X", role="king").status_code == 400
    assert ("Olga", "added person") in audit(house)


def test_role_companies_password_sessions_and_switching_off(app: FastAPI, house: House) -> None:
    """Each takes effect at the person's next page, and stands in the audit log by the operator's name."""
    olga, bo, here = enter(app, "olga"), enter(app, "bo"), f"/people/{key_of(house, 'bo')}"
    assert olga.post(f"{here}/role", role="mentor").headers["location"] == f"{here}?done=role"
    assert 'class="quiet">mentor</span>' in bo.get("/account").text
    olga.post(f"{here}/serves", serves="fjell")
    assert serves(house, "bo") == {"fjell"}
    assert bo.get("/companies/tind").status_code == 404
    ended = olga.post(f"{here}/sessions").headers["location"]
    assert "1 sessions ended" in olga.get(ended).text
    assert bo.get("/account").status_code == 303
    password = shown_password(olga.post(f"{here}/password").text)
    assert Browser(app).log_in("bo", PASSWORD).status_code == 401
    bo = Browser(app)
    assert bo.log_in("bo", password).status_code == 303
    olga.post(f"{here}/active", to="off")
    assert bo.get("/account").status_code == 303
    assert Browser(app).log_in("bo", password).status_code == 401
    assert "switched off" in olga.get("/people").text
    olga.post(f"{here}/active", to="on")
    assert Browser(app).log_in("bo", password).status_code == 303
    told = [what for who, what in audit(house) if who == "Olga" and what != "logged in"]
    assert told == ["changed role", "changed companies served", "ended sessions", "changed password",
                    "switched person off", "switched person on"]  # fmt: skip


def test_no_operator_is_lost(app: FastAPI, house: House) -> None:
    """Nobody demotes or switches off themselves, nor the last operator there is."""
    olga, tora = enter(app, "olga"), key_of(house, "tora")
    mine = f"/people/{key_of(house, 'olga')}"
    assert olga.post(f"{mine}/role", role="broker").status_code == 409
    assert olga.post(f"{mine}/active", to="off").status_code == 409
    assert olga.post(f"{mine}/password").headers["location"] == "/account"
    assert f'action="{mine}/role"' not in olga.get(mine).text
    assert olga.post(f"/people/{tora}/role", role="broker").status_code == 303
    assert {one.person.login for one in list_people(house) if one.person.role == "operator"} == {"olga"}


def test_an_operator_gives_and_gets_no_more_than_they_serve(app: FastAPI, house: House) -> None:
    """Who serves one company sees nobody of another, and no password of who serves more; what is beyond stays."""
    tora = enter(app, "tora")
    page = tora.get("/people").text
    assert not re.search("fia|fjell|hemmelig", page, re.I)
    fia, ada = f"/people/{key_of(house, 'fia')}", f"/people/{key_of(house, 'ada')}"
    for path in (fia, f"/people/{'0' * 16}"):
        assert tora.get(path).status_code == 404
        for verb, fields in (("role", {"role": "mentor"}), ("serves", {}), ("password", {}), ("sessions", {}),
                             ("active", {"to": "off"})):  # fmt: skip
            assert tora.post(f"{path}/{verb}", **fields).status_code == 404, verb
    assert "Ada" in tora.get(ada).text
    assert "hemmelig" not in tora.get(ada).text.lower()
    for verb, fields in (("role", {"role": "mentor"}), ("password", {}), ("active", {"to": "off"})):
        assert tora.post(f"{ada}/{verb}", **fields).status_code == 409, verb
    assert tora.post(f"{ada}/serves").status_code == 303
    assert serves(house, "ada") == {"fjell"}
    for wanted in ("fjell", "*"):
        assert tora.post(f"/people/{key_of(house, 'bo')}/serves", serves=wanted).status_code == 404
        refused = tora.post("/people", login="new", name="New", role="broker", serves=wanted)
        assert refused.status_code == 400
    assert serves(house, "bo") == {"tind"}


def test_sessions_that_ran_out_are_not_counted(house: House) -> None:
    """Open ones only, by the wall clock."""
    wall = Wall()
    app = make_desk(house, wall)
    enter(app, "bo")
    wall.pass_by(hours=11)
    assert "Open sessions: 1" in enter(app, "olga").get(f"/people/{key_of(house, 'bo')}").text
    wall.pass_by(hours=2)
    assert "Open sessions: 0" in enter(app, "olga").get(f"/people/{key_of(house, 'bo')}").text


def test_the_same_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`varde people role`, `off`, `on`, `log-out`; the last operator stays."""
    hurry(monkeypatch)
    (tmp_path / "companies").mkdir()
    varde = Door(tmp_path, capsys, monkeypatch)
    assert varde("people", "add", "olga", "--name", "Olga", "--role", "operator").code == 0
    assert varde("people", "add", "bo", "--name", "Bo").code == 0
    assert varde("people", "role", "olga", "broker").code == 1
    assert varde("people", "off", "olga").code == 1
    assert varde("people", "role", "bo", "mentor").code == 0
    assert varde("people", "off", "bo").code == 0
    assert varde("people", "on", "bo").code == 0
    assert "0 sessions ended" in varde("people", "log-out", "bo").out
    assert varde("people", "log-out", "nobody").code == 1
    roles = {row["login"]: row["role"] for row in varde("people", "list", "--json").rows}
    assert roles == {"olga": "operator", "bo": "mentor"}


def test_an_inactive_operator_does_not_count(house: House) -> None:
    """Only who may log in keeps the house."""
    add_person(house, "otto", "Otto", "operator", PASSWORD, by="tests")
    set_active(house, "tora", is_active=False, by="tests")
    set_active(house, "otto", is_active=False, by="tests")
    with pytest.raises(VardeError, match="only operator"):
        set_role(house, "olga", "broker", by="tests")
