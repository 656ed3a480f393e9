"""The desk with PostgreSQL as its ledger: log-in, decisions, undo, races, claims, opinions, every page (P31, P34)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI

from ledger import decisions
from terms.person import Scope
from tests import postgres
from tests.desks import WALL, Browser, Wall, enter, hurry, make_desk, make_person
from tests.deskworld import FIELDS, addresses, fill
from tests.houses import make_house
from tests.make import company
from tests.test_f_lists import here
from watch import desk_decide, review
from watch.desk_queue import Workroom, waiting
from watch.house import House
from watch.people import find_login

pytestmark = pytest.mark.skipif(
    postgres.binaries() is None, reason="Debian's postgresql is not installed (apt-get install postgresql)"
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two companies with all that a company can have; a broker for one, and one for both."""
    with pytest.MonkeyPatch.context() as patch, postgres.server() as url:
        hurry(patch)
        patch.setenv("VARDE_LEDGER_URL", url)
        made = make_house(tmp_path_factory.mktemp("postgres"), patch, company("tind"), company("fjell"))
        assert made.ledger.shown_as.startswith("postgresql")
        for no, key in enumerate(("tind", "fjell"), start=1):
            fill(made, key, no)
        make_person(made, "bo")
        make_person(made, "ada", serves=("*",))
        yield made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def test_logging_in_deciding_and_taking_back(app: FastAPI, house: House) -> None:
    """A wrong password, a right one, a decision, a stale page, an undo; the session ends with the log-out."""
    assert Browser(app).log_in("bo", "wrong-password-here").status_code == 401
    bo = enter(app, "bo")
    where, seen = here(bo)
    before = review.queue(house).decided
    codes = [bo.post(f"{where}/decide", act="accept", seen=seen).status_code for _ in range(2)]
    assert codes == [303, 409]
    assert review.queue(house).decided == before + 1
    assert bo.post("/queue/undo").status_code == 303
    assert review.queue(house).decided == before
    assert here(bo)[0] == where
    bo.post("/logout")
    assert bo.get("/queue").status_code == 303


def test_every_page_opens_and_no_form_breaks(app: FastAPI, house: House) -> None:
    """The crawl of all routes, on this database."""
    ada = enter(app, "ada")
    for path in addresses(house, "GET", "tind"):
        if path.endswith(("pdf", "docx")):  # typesetting takes seconds and asks the ledger nothing more
            continue
        assert ada.get(path).status_code in (200, 303, 400, 404), path
    token = ada.token("/account")
    for path in addresses(house, "POST", "tind"):
        if path not in ("/logout", "/account/password"):
            answer = ada.client.post(path, data={"csrf": token, **FIELDS})
            assert answer.status_code in (200, 204, 303, 400, 404, 409), (path, answer.status_code)


def test_of_twenty_who_decide_at_once_one_does(app: FastAPI, house: House) -> None:
    """Claims and turns hold where two transactions really run beside each other."""
    room: Workroom = app.state.desk.room
    scopes = [Scope(person=find_login(house, login).person, companies=frozenset({"tind"})) for login in ("bo", "ada")]
    entry = waiting(room, scopes[0], WALL).rows[0].entry
    seen, said = desk_decide.seen_of(room, entry), desk_decide.Said("accept")
    with house.ledger.read() as connection:
        before = len(decisions.read_decisions(connection, "tind"))

    def decide(number: int) -> str:
        try:
            desk_decide.decide(room, scopes[number % 2], entry, said, seen, WALL)
        except desk_decide.Overtaken as error:
            return str(error)
        return "decided"

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(decide, range(20)))
    assert told.count("decided") == 1, told
    with house.ledger.read() as connection:
        assert len(decisions.read_decisions(connection, "tind")) == before + 1


def test_a_claim_and_a_second_opinion(house: House) -> None:
    """What one works on the other does not get first; a question waits until it is answered."""
    wall = Wall()
    wall.pass_by(hours=1)  # older claims have run out
    app = make_desk(house, wall)
    bo, ada = enter(app, "bo"), enter(app, "ada")
    where, _ = here(bo)
    assert bo.post(f"{where}/claim").status_code == 204
    assert ada.post(f"{where}/claim").status_code == 409
    person = find_login(house, "ada").person.person_key
    assert bo.post(f"{where}/opinion", of=person, question="Do you know them?").status_code == 303
    assert "Do you know them?" in ada.get(f"{where}?view=second").text
    assert here(ada)[0] != where
