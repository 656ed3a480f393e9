"""The queue's view of what was drawn from below the threshold, to learn what is missed there (P26, P33)."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from terms.match import EXPLORED
from tests.desks import enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import NOW, company, item, match, need
from warehouse import items, matches
from watch.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    other = company("fjell", name="Fjell Hemmelig AS", needs=(need(),))
    made = make_house(tmp_path, monkeypatch, company(), other)
    stock(made, *(item(str(n)) for n in range(1, 5)))
    stock(made, item("99", title="Only for Fjell"), need_key="fjell/valves", no=2)
    make_person(made, "bo")
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def draw(house: House, source_id: str, need_key: str) -> None:
    """What learning does with a sample: the same match, marked as explored."""
    key = item(source_id).item_key
    with house.warehouse.write() as connection:
        home = items.read_clusters_of(connection, [key])[key]
        drawn = match(home, need_key, item_key=key, fit=0.11, model_version=f"test-1{EXPLORED}")
        matches.store_matches(connection, [drawn], (), at=NOW)


def titles(page: str) -> list[str]:
    return re.findall(r'<span class="title">([^<]+)</span>', page)


def test_the_sample_has_a_view_with_its_count_its_age_and_a_sentence_why(house: House) -> None:
    """One of four was drawn; another company's sample is not counted."""
    draw(house, "3", "tind/valves")
    draw(house, "99", "fjell/valves")
    bo = enter(make_desk(house))
    page = bo.get("/queue?view=exploration").text
    assert titles(page) == ["On the sealing of hydrogen valves, part 3"]
    assert "1 in this view, oldest since 21 Nov 2026" in page
    assert "drawn at random" in page
    every = bo.get("/queue").text
    assert len(titles(every)) == 4
    assert every.count("a sample") == 1
    assert "1 in this view" not in every


def test_an_empty_view_says_what_to_do_next(app: FastAPI) -> None:
    """Nothing was drawn: back to all that waits."""
    page = enter(app).get("/queue?view=exploration").text
    assert "Nothing waits here" in page
    assert 'href="/queue">Look at everything that waits' in page
