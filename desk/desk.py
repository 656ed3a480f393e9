"""The desk as every page finds it: the house, where it is reached, the wall clock."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Thread

from watch.desk_queue import Workroom, open_workroom
from watch.desk_search import Searcher
from watch.desk_trial import Aside
from watch.house import House


@dataclass(frozen=True)
class Desk:
    """house: with a warehouse whose reads share one connection. aside: work longer than a page.
    wall: for sessions and claims, not for decisions."""

    house: House
    room: Workroom
    searcher: Searcher
    aside: Aside
    base_url: str
    wall: Callable[[], datetime]

    @property
    def is_secure(self) -> bool:
        """Whether it is reached by https; if not, it is reached from this machine only."""
        return self.base_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name. `__Host-` binds it to this host and https; on http browsers refuse that."""
        return "__Host-varde" if self.is_secure else "varde-loopback"

    @property
    def visitor_cookie(self) -> str:
        """The cookie of somebody who has not logged in yet."""
        return f"{self.cookie}-visitor"

    @property
    def device_cookie(self) -> str:
        """The cookie of a browser that somebody has logged in with before."""
        return f"{self.cookie}-device"

    def warm_up(self) -> None:
        """Begin to read what the first pages need."""
        Thread(target=self.room.shelf.newest, name="desk-book", daemon=True).start()
        self.searcher.keep_up()

    def new_secret(self) -> str:
        """256 bits that nobody guesses."""
        return secrets.token_urlsafe(32)


def open_desk(house: House, base_url: str, wall: Callable[[], datetime]) -> Desk:
    """The desk of a house. base_url: as people reach it, without a slash at its end."""
    room = open_workroom(house)
    return Desk(room.house, room, Searcher(room.warehouse), Aside(), base_url, wall)
