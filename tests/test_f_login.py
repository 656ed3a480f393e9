"""RELIABILITY F-05, F-06, F-07, F-09, F-24: logging in, staying in, and what does not let anybody in."""

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from desk.app import build
from tests.desks import PASSWORD, Browser, Wall, enter, hurry, make_desk, make_person
from tests.houses import make_house
from watch.house import House
from watch.people import set_password

HOSTILE_NEXT = (
    "https://evil.test", "//evil.test", "/\\evil.test", "///evil.test", "https:evil.test", "javascript:alert(1)",
    "/\tevil", "\\\\evil.test", "http:/\\evil.test", "%2f%2fevil.test", "/%0d%0aSet-Cookie:x=1", "data:text/html,x",
    "/queue\r\nX: y", "////", "@evil.test",
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch)
    make_person(made)
    return made


def test_f_06_a_new_session_id_at_every_login_and_none_after_logout(house: House) -> None:
    """A cookie that somebody planted, or kept, opens nothing."""
    app = make_desk(house)
    planted = Browser(app)
    planted.client.cookies.set("varde-loopback", "planted")
    assert planted.log_in().status_code == 303
    first = planted.client.cookies.get("varde-loopback", domain="127.0.0.1")
    assert first not in (None, "planted")
    kept = Browser(app)
    kept.client.cookies.set("varde-loopback", str(first))
    assert kept.get("/account").status_code == 200
    assert planted.post("/logout").status_code == 303
    assert kept.get("/account").headers["location"] == "/login?next=%2Faccount"


def test_f_06_a_password_change_ends_every_session(house: House) -> None:
    """Also those elsewhere."""
    app = make_desk(house)
    one, two = enter(app), enter(app)
    changed = one.post("/account/password", old=PASSWORD, new="another-long-password")
    assert changed.headers["location"] == "/login?said=changed"
    assert two.get("/account").status_code == 303
    assert Browser(app).log_in().status_code == 401
    assert Browser(app).log_in(password="another-long-password").status_code == 303


def test_f_06_cookies_are_bound_to_the_host_and_kept_from_scripts(house: House) -> None:
    """`__Host-` on https; a plain name on this machine's http only."""
    outside = TestClient(build(house, "https://desk.example"), base_url="https://desk.example")
    [cookie] = outside.get("/login").headers.get_list("set-cookie")
    assert cookie.startswith("__Host-varde-visitor=")
    for flag in ("HttpOnly", "Secure", "Path=/", "SameSite=lax"):
        assert flag.lower() in cookie.lower()
    assert "domain" not in cookie.lower()


def test_f_06_sessions_run_out(house: House) -> None:
    """After twelve idle hours, and after a week in any case."""
    wall = Wall()
    browser = enter(make_desk(house, wall))
    wall.pass_by(hours=11)
    assert browser.get("/account").status_code == 200
    wall.pass_by(hours=13)
    assert browser.get("/account").status_code == 303


def test_f_07_guesses_are_slowed_and_nobody_is_locked_out(house: House) -> None:
    """A browser that has logged in before still gets in while others guess."""
    app = make_desk(house)
    known = enter(app)
    guesser = Browser(app, "192.0.2.1")
    answers = [guesser.log_in(password=f"guess number {n}") for n in range(7)]
    assert [a.status_code for a in answers] == [401] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) == timedelta(minutes=5).total_seconds()
    for n in range(60):
        Browser(app, f"198.51.100.{n}").log_in(password="guess again")
    assert Browser(app, "203.0.113.9").log_in().status_code == 429
    known.post("/logout")
    assert known.log_in().status_code == 303


def test_f_07_an_unknown_name_costs_and_says_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash is checked either way, and the page is the same."""
    checked = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *said: checked.append(said[1]) or verify(*said))
    browser = Browser(make_desk(house))
    known, unknown = browser.log_in("bo", "no such password"), browser.log_in("ob", "no such password")
    assert len(checked) == 2
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace('value="bo"', "") == unknown.text.replace('value="ob"', "")


@pytest.mark.parametrize("address", HOSTILE_NEXT)
def test_f_09_no_open_redirect(house: House, address: str) -> None:
    """`next` leads to a page of ours or to the start."""
    there = Browser(make_desk(house)).log_in(next=address).headers["location"]
    assert there == "/"


def test_f_24_no_default_password(house: House) -> None:
    """Passwords that are short, or the name itself, are refused; an empty desk lets nobody in."""
    for password in ("", "admin", "short", "x" * 201):
        with pytest.raises(ValueError):
            set_password(house, "bo", password, by="tests")
    for login in ("admin", "operator", "varde"):
        assert Browser(make_desk(house)).log_in(login, "password").status_code == 401
