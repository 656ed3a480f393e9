"""A desk for tests: a house with people, and browsers without a screen that log in to it."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from desk.app import build
from terms.person import Role
from watch.house import House
from watch.passwords import _nobody
from watch.people import add_person

BASE = "http://127.0.0.1:8400"
PASSWORD = "correct-horse-battery"  # for tests
WALL = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Wall:
    """A wall clock that tests move."""

    def __init__(self) -> None:
        self.now = WALL

    def __call__(self) -> datetime:
        """The moment."""
        return self.now

    def pass_by(self, **span: float) -> None:
        """Time goes on."""
        self.now += timedelta(**span)


def make_desk(house: House, wall: Callable[[], datetime] | None = None) -> FastAPI:
    """The application on a house."""
    return build(house, BASE, wall or Wall())


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost little; everything else about them is as always."""
    monkeypatch.setattr("watch.passwords._hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    _nobody.cache_clear()


def make_person(house: House, login: str = "bo", role: Role = "broker", serves: Sequence[str] = ("tind",)) -> None:
    """Somebody with the tests' password."""
    add_person(house, login, login.title(), role, PASSWORD, serves=serves, by="tests")


class Browser:
    """One browser: cookies, forms with their tokens, no redirects followed unless asked."""

    def __init__(self, app: FastAPI, address: str = "127.0.0.1") -> None:
        self.client = TestClient(
            app, base_url=BASE, follow_redirects=False, client=(address, 50000), raise_server_exceptions=False
        )

    def get(self, path: str, **headers: str) -> Response:
        """A page."""
        return self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path: str, page: str | None = None, **fields: Any) -> Response:
        """A form of a page (the account's, unless told), with its token."""
        token = fields.pop("csrf", None) or self.token(page or "/account")
        return self.client.post(path, data={"csrf": token, **fields})

    def token(self, page: str) -> str:
        """The CSRF token that a page's forms carry."""
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.get(page).text)
        assert found, f"{page} has no form"
        return found[1]

    def log_in(self, login: str = "bo", password: str = PASSWORD, **fields: Any) -> Response:
        """Through the form."""
        return self.post("/login", "/login", login=login, password=password, **fields)


def enter(app: FastAPI, login: str = "bo") -> Browser:
    """A browser that is logged in."""
    browser = Browser(app)
    response = browser.log_in(login)
    assert response.status_code == 303, response.text
    return browser
