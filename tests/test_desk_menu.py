"""The main menu: few words, a second row where a place has several pages, nothing that one may not open."""

import re
from pathlib import Path

import pytest

from desk.access import ROWS
from desk.menu import PLACES, menu_for
from desk.texts import SENTENCES
from terms.person import Role
from tests.desks import enter, hurry, make_desk, make_person
from tests.houses import make_house

ROLES: tuple[Role, ...] = ("broker", "mentor", "operator")


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_leads_to_what_one_may_open_and_nowhere_else(role: Role) -> None:
    """As the access matrix has it; every page is below one place only, every word has its sentence."""
    for place in PLACES:
        assert place.key in SENTENCES
        for entry in place.entries:
            assert entry.key in SENTENCES
            assert entry.roles == ROWS[f"GET {entry.path}"].roles, entry.path
    paths = [entry.path for place in PLACES for entry in place.entries if role in entry.roles]
    reached = {word.path for path in paths for word in (*menu_for(role, path).places, *menu_for(role, path).pages)}
    assert reached == set(paths)
    assert len(paths) == len(set(paths))


def test_the_second_row_is_there_only_where_one_is() -> None:
    """Eight words at most in the first; the page one is on is marked, and the place above it otherwise."""
    assert all(len(menu_for(role, "/queue").places) <= 8 for role in ROLES)
    assert menu_for("broker", "/queue").pages == ()
    menu = menu_for("broker", "/sources/arxiv")
    assert menu.within == "menu.watch"
    assert [(w.path, w.current) for w in menu.pages if w.current] == [("/sources", "true")]
    assert [w.current for w in menu_for("broker", "/runs").pages if w.current] == ["page"]
    assert [w.key for w in menu_for("broker", "/project/tind/valves/X").places if w.current] == ["menu.projects"]
    assert not [w for w in menu_for("broker", "/sourcesque").places if w.current]


def test_a_page_draws_it_with_names_for_both_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two navigations with names of their own; the button that folds it is hidden without a script."""
    hurry(monkeypatch)
    house = make_house(tmp_path, monkeypatch)
    make_person(house, "bo")
    page = enter(make_desk(house)).get("/runs").text
    assert re.findall(r'<nav [^>]*aria-label="([^"]+)"', page) == ["Main menu", "Watch"]
    assert 'aria-controls="menu" hidden' in page
    assert page.count('aria-current="page"') == 1
