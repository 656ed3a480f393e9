"""Needs against competences, and the profile without names (P43)."""

from hypothesis import given
from hypothesis import strategies as st

from network.inside import Asked, Offered, pairings, profile_of, sector_of
from tests.make import company

WORDS = st.dictionaries(st.sampled_from("abcdefgh"), st.just("w"), max_size=6)


def asked(words: str, company_key: str = "tind") -> Asked:
    return Asked(f"{company_key}/a", company_key, {word: word for word in words.split()})


def offered(words: str, company_key: str = "fjord") -> Offered:
    return Offered(company_key, words, {word: word for word in words.split()})


def test_a_competence_that_a_need_asks_for() -> None:
    """Best first; what shares one word of many, or a common word only, is no pair."""
    needs = [asked("tight metal seals for valves at sea")]
    found = pairings(needs, [offered("metal seals"), offered("metal seals coated"), offered("metal roofs paint")])
    assert [(p.offered.competence, p.fit == 1.0) for p in found] == [
        ("metal seals", True),
        ("metal seals coated", False),
    ]
    assert found[1].shared == ("metal", "seals") or found[1].shared == ("seals", "metal")


def test_a_single_word_counts_where_the_competence_is_that_word() -> None:
    """`welding` is a competence; no words at all are none."""
    assert pairings([asked("robot welding")], [offered("welding")])
    assert pairings([asked("robot welding")], [Offered("fjord", "!", {})]) == []


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
def test_fit_is_a_share_and_never_within_a_company(needs: list[dict[str, str]], others: list[dict[str, str]]) -> None:
    """0.5 to 1, the same for any order."""
    asking = [Asked(f"c{n % 2}/n{n}", f"c{n % 2}", words) for n, words in enumerate(needs)]
    offering = [Offered(f"c{n % 3}", f"can {n}", words) for n, words in enumerate(others)]
    found = pairings(asking, offering)
    assert all(0.5 <= p.fit <= 1 and p.asked.company_key != p.offered.company_key for p in found)
    assert pairings(asking[::-1], offering[::-1]) == found


def test_a_profile_has_neither_name_nor_secret() -> None:
    """Words are the reader's own; stems of names and closed needs are left out."""
    own = {"metal": "metals", "seal": "seals", "tind": "Tind"}
    made = profile_of(
        "K", company(nace=("28.13",)), "need", ("seal", "tind", "metal", "zirconate"), own, {"tind", "metal"}
    )
    assert (made.topics, made.sector, made.size, made.country) == (("seals",), "manufacturing", "small", "NO")


def test_a_sector_is_coarse_and_unknown_stays_so() -> None:
    """By the first code; a division that NACE does not have is none."""
    assert sector_of(company(nace=("01.1", "28"))) == "agriculture, forestry and fishing"
    assert sector_of(company()) is None
    assert sector_of(company(nace=("04",))) is None
