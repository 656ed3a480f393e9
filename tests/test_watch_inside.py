"""Staged disclosure: nothing of the other company before its step; every step on record (P43, P04, P34, P66)."""

import json
from pathlib import Path

import pytest

from needs.writing import write_map
from terms.company import Company, Contact
from tests.door import Door, Said
from tests.houses import make_house
from tests.make import company, need
from watch.companies import import_maps
from watch.house import House
from watch.people import add_person

SEEKS = need(
    title="Zirkelfast sealing of hydrogen valves",
    description="Metal seals for hydrogen valves that hold at 700 bar, by laser welding of thin foils.",
)
SECRET = need(
    "hidden", title="Quasar laser foils", description="Nobody may hear of quasar foils.", confidentiality="closed"
)
OFFERS = "Fjordsveis laser welding of thin metal foils"
# What would tell who the other one is, by side.
OF_SEEKER = ("Tind", "tind", "kari", "Kari", "Zirkelfast", "700 bar", "hold at", "valves/", "Ask Broker")
OF_OWNER = ("Fjord", "fjord", "ola", "Ola", "Fjordsveis", OFFERS, "Quasar", "quasar", "Eie Broker")


def two() -> tuple[Company, Company]:
    """One that seeks, one that can and has a closed need of its own on a word that both share."""
    seeker, owner = company(), company("fjord")
    return (
        seeker.model_copy(
            update={"needs": (SEEKS,), "engagement": seeker.engagement.model_copy(update={"broker": "Ask Broker"})}
        ),
        owner.model_copy(
            update={
                "name": "Fjord Laser AS", "country": "SE", "size": "medium", "nace": ("25.11",),
                "competences": (OFFERS,),
                "needs": (SECRET,), "contacts": (Contact(name="Ola Fjord", address="ola@fjord.example"),),
                "engagement": owner.engagement.model_copy(update={"broker": "Eie Broker"}),
            }
        ),
    )  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch, *two())


@pytest.fixture
def door(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(tmp_path, capsys, monkeypatch)


def pair_of(door: Door) -> str:
    (row,) = door("pairs", "list", "--json").rows
    return str(row["pair_key"])


def told(said: Said, words: tuple[str, ...]) -> list[str]:
    """Which of these stand in what was said, on either stream."""
    return [word for word in words if word in said.out + said.err]


def profile(door: Door, pair: str, reader: str) -> Said:
    return door("-v", "pairs", "profile", pair, "--for", reader)


def names(door: Door, pair: str, reader: str) -> Said:
    return door("-v", "pairs", "names", pair, "--for", reader, "--broker", "Bo")


def agree(door: Door, pair: str, company_key: str, verb: str = "give") -> Said:
    return door("consent", verb, pair, company_key, "--said-by", "the manager", "--broker", "Bo")


def test_first_the_broker_alone(door: Door) -> None:
    """He sees both sides; no company gets a profile, a name, or a word on whether the other one wants to."""
    (row,) = door("pairs", "list", "--json").rows
    assert (row["seeker_key"], row["owner_key"], row["stage"]) == ("tind", "fjord", "broker")
    for reader, hidden in (("tind", OF_OWNER), ("fjord", OF_SEEKER)):
        for said in (profile(door, row["pair_key"], reader), names(door, row["pair_key"], reader)):
            assert (said.code, said.out, told(said, hidden)) == (1, "", [])
    early = agree(door, row["pair_key"], "tind")
    assert (early.code, told(early, OF_OWNER)) == (1, [])


def test_then_profiles_without_names(door: Door) -> None:
    """Sector, size, country and words that the reader wrote too; no name, no text, nothing of the closed need."""
    pair = pair_of(door)
    assert door("pairs", "profiles", pair, "--broker", "Bo").code == 0
    for_seeker, for_owner = profile(door, pair, "tind"), profile(door, pair, "fjord")
    assert (told(for_seeker, OF_OWNER), told(for_owner, OF_SEEKER)) == ([], [])
    as_json = door("pairs", "profile", pair, "--for", "tind", "--json")
    assert told(as_json, OF_OWNER) == []
    shown = as_json.rows
    assert set(shown) == {"pair_key", "side", "sector", "size", "country", "topics"}
    assert (shown["sector"], shown["size"], shown["country"]) == ("manufacturing", "medium", "SE")
    assert set(shown["topics"]) == {"metal", "thin", "welding"}, "laser and foils stand in the other one's closed need"


@pytest.mark.parametrize(("first", "second"), [("tind", "fjord"), ("fjord", "tind")])
def test_names_only_after_both_consents(door: Door, first: str, second: str) -> None:
    """One yes changes nothing that the other company can see; the second opens both sides; each look is audited."""
    pair = pair_of(door)
    door("pairs", "profiles", pair, "--broker", "Bo")
    before = {reader: (profile(door, pair, reader), names(door, pair, reader)) for reader in ("tind", "fjord")}
    assert agree(door, pair, first).code == 0
    assert {reader: (profile(door, pair, reader), names(door, pair, reader)) for reader in ("tind", "fjord")} == before
    assert all(said.code == 1 and said.out == "" for _, said in before.values())
    assert agree(door, pair, second).code == 0
    assert "Fjord Laser AS (SE): " + OFFERS in names(door, pair, "tind").out
    seen = names(door, pair, "fjord")
    assert "Tind Valves AS (NO): Zirkelfast" in seen.out
    assert "Metal seals" not in seen.out, "the description is never handed over"


def test_a_consent_can_be_taken_back(door: Door) -> None:
    """From then on nothing is told, whatever is edited back and forth; a second yes counts again."""
    pair = pair_of(door)
    door("pairs", "profiles", pair, "--broker", "Bo")
    for key in ("tind", "fjord"):
        agree(door, pair, key)
    assert agree(door, pair, "fjord", "revoke").code == 0
    for reader, hidden in (("tind", OF_OWNER), ("fjord", OF_SEEKER)):
        said = names(door, pair, reader)
        assert (said.code, said.out, told(said, hidden)) == (1, "", [])
    assert agree(door, pair, "fjord", "revoke").code == 1
    agree(door, pair, "fjord")
    assert names(door, pair, "tind").code == 0


def reimport(house: House, **changed: object) -> None:
    """The seeker's need as edited."""
    seeker = two()[0].model_copy(update={"needs": (SEEKS.model_copy(update=changed),)})
    (house.settings.maps / "tind.yaml").write_text(write_map(seeker), "utf-8")
    import_maps(house)


def test_consent_is_on_a_text_and_a_closed_need_closes_the_pair(house: House, door: Door) -> None:
    """Another text asks anew; a consent that was taken back meanwhile does not return with the old text."""
    pair = pair_of(door)
    door("pairs", "profiles", pair, "--broker", "Bo")
    for key in ("tind", "fjord"):
        agree(door, pair, key)
    reimport(house, description="Metal seals by laser welding of thin foils, for a rival of Equinor.")
    assert [row["stage"] for row in door("pairs", "list", "--json").rows] == ["broker"]
    assert names(door, pair, "fjord").code == 1
    agree(door, pair, "fjord", "revoke")
    reimport(house)
    assert names(door, pair, "fjord").code == 1
    reimport(house, confidentiality="closed")
    assert door("pairs", "list", "--json").rows == []
    gone = names(door, pair, "fjord")
    assert (gone.code, told(gone, OF_SEEKER)) == (1, [])
    assert len(door("consent", "list", "--json").rows) == 5, "what was said stays on record"


def test_every_step_is_audited_and_names_one_company_only(house: House, door: Door) -> None:
    """Who, what, when, on which texts; never a need's text."""
    pair = pair_of(door)
    door("pairs", "profiles", pair, "--broker", "Bo")
    for key in ("tind", "fjord"):
        agree(door, pair, key)
    names(door, pair, "tind")
    agree(door, pair, "tind", "revoke")
    with house.ledger.read() as connection:
        rows = connection.exec_driver_sql("select who, what, facts_json from audit order by audit_no").all()
    assert [what for _, what, _ in rows] == [
        "profiles shown", "profiles shown", "consent given", "consent given", "names shown", "consent revoked",
    ]  # fmt: skip
    assert {who for who, _, _ in rows} == {"Bo"}
    assert all(set(json.loads(facts)) == {"pair", "company", "texts"} for _, _, facts in rows)
    steps = door("consent", "list", "--json").rows
    assert {row["said by"] for row in steps if row["step"].startswith("consent")} == {"the manager"}


def test_who_serves_one_side_only_sees_nothing(house: House, door: Door) -> None:
    """No pair, no step, and the same words for a pair of others as for none; mentors neither."""
    add_person(house, "bo", "Bo", "broker", "a long quiet evening", serves=("tind",), by="test")
    add_person(house, "mia", "Mia", "mentor", "a long quiet evening", serves=("*",), by="test")
    pair = pair_of(door)
    door("pairs", "profiles", pair, "--broker", "Bo")
    assert door("pairs", "list", "--as", "bo", "--json").rows == []
    assert door("consent", "list", "--as", "bo", "--json").rows == []
    others = door("pairs", "profile", pair, "--for", "tind", "--as", "bo")
    none = door("pairs", "profile", "ZZZZZZZZ", "--for", "tind", "--as", "bo")
    assert others == none
    assert (others.code, told(others, OF_OWNER)) == (1, [])
    for verb in (("pairs", "list"), ("consent", "list"), ("pairs", "profile", pair, "--for", "tind")):
        assert door(*verb, "--as", "mia").code == 1


def test_nobody_and_strangers_are_refused(door: Door) -> None:
    """A consent needs a name, a company of the pair, and profiles that were shown."""
    pair = pair_of(door)
    door("pairs", "profiles", pair, "--broker", "Bo")
    assert "who of the company" in door("consent", "give", pair, "tind", "--said-by", " ", "--broker", "Bo").err
    assert "no part in this pair" in agree(door, pair, "berg").err
    assert "who puts it on record" in door("pairs", "profiles", pair, "--broker", " ").err
