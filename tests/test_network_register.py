"""Names and affiliations to organisations: ids, names with country, near names; what is unclear says why."""

import time

import pytest

from network.register import Register
from network.spelling import words_of, words_of_name
from terms.organisation import Organisation


def org(key: str, name: str, country: str | None = None, *aliases: str, town: str | None = None) -> Organisation:
    return Organisation(
        organisation_key=key, name=name, country=country, aliases=aliases, town=town, ids=(f"ror:{key}",)
    )


REGISTER = Register(
    [
        org("tind", "University of Tindheim", "NO", "Universitetet i Tindheim", "UITIND"),
        org("seals", "Tindheim Institute of Seals", "NO"),
        org("north-no", "Northern Valve Institute", "NO", town="Bodø"),
        org("north-se", "Northern Valve Institute", "SE", town="Luleå"),
        org("north-se2", "Northern Valve Institute", "SE", town="Kiruna"),
        org("davis", "University of Calidor, Davos", "CH"),
        org("harv", "Harvold University", "US"),
        org("munster", "Universität Münstermark", "DE"),
    ]
)


@pytest.mark.parametrize(
    ("printed", "country", "keys"),
    [
        ("Department of Physics, University of Tindheim, 5000 Tindheim, Norway", "NO", {"tind"}),
        ("Fysisk institutt, Universitetet i Tindheim", None, {"tind"}),
        ("Univ. of Tindheim", "NO", {"tind"}),
        ("1University of Tindheim and Tindheim Inst. of Seals, Norway", "NO", {"tind", "seals"}),
        ("UITIND, Norway", "NO", {"tind"}),
        ("UITIND", None, set()),
        ("Harvold Medical School, Boston, MA, USA", "US", {"harv"}),
        ("University of Calidor, School of Veterinary Medicine, Davos, Switzerland", "CH", {"davis"}),
        ("Univ. Muenstermark, Germany", "DE", {"munster"}),
        ("Dept. of Seals, University of Tindhiem, Norway", "NO", {"tind"}),
        ("Medical University of Tindheim, Norway", "NO", set()),
        ("University of Tindheim Hospital, Norway", "NO", set()),
        ("University of Tindheim, Sweden", "SE", set()),
        ("Aalesund University, Tindheim, Norway", "NO", set()),
        ("Northern Valve Institute, Luleå, Sweden", "SE", {"north-se"}),
        ("", None, set()),
    ],
)
def test_affiliations_name_organisations(printed: str, country: str | None, keys: set[str]) -> None:
    assert {one.organisation_key for one in REGISTER.read(printed, country) if one.organisation_key} == keys


def test_what_stays_unresolved_says_why() -> None:
    [namesakes] = REGISTER.read("Northern Valve Institute, Sweden", "SE")
    assert namesakes.organisation_key is None and namesakes.how == "several bear the name: north-se, north-se2"
    [elsewhere] = REGISTER.read("University of Tindheim, Sweden", "SE")
    assert elsewhere.how == "the name is known, but not in SE"
    [unknown] = REGISTER.read("Fiskeøye AS, Norway", "NO")
    assert (unknown.organisation_key, unknown.score, unknown.how) == (None, 0.0, "no name of the register")


def test_ids_come_before_names_and_contradictions_are_refused() -> None:
    assert REGISTER.resolve("Something else", ids=("ror:seals",)).organisation_key == "seals"
    assert REGISTER.resolve("University of Tindheim", ids=("ror:seals",)).how == "id"
    both = REGISTER.resolve("x", ids=("ror:seals", "ror:tind"))
    assert both.organisation_key is None and "different organisations" in both.how
    scores = [
        REGISTER.resolve("x", ids=("ror:tind",)).score,
        REGISTER.resolve("University of Tindheim", "NO").score,
        REGISTER.resolve("University of Tindheim").score,
        REGISTER.resolve("University of Tindhiem").score,
    ]
    assert scores == sorted(scores, reverse=True) and scores[-1] > 0.7


def test_words_are_compared_without_case_accents_small_words_and_legal_forms() -> None:
    assert words_of("The Univ. of Møre &amp; Romsdal’s Ctr") == ("university", "more", "romsdal", "center")
    assert words_of_name("Valvole Sicure S.r.l. (Italy)") == ("valvole", "sicure")
    assert words_of("\x00\ud800<b>") == words_of("b")


def test_a_hundred_thousand_words_in_one_string_are_not_read_to_the_end() -> None:
    """The work is bounded by the text's first words, not by its length; and hostile text raises nothing."""
    before = time.process_time()
    assert REGISTER.read("University " * 100_000 + "of Tindheim")[0].organisation_key is None
    assert time.process_time() - before < 30
