"""Ranking partners in columns, and partners from outside with their evidence."""

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from network.fit import counted_of
from network.outside import Seeker, field_of, outside_partners
from network.rank import Candidates, rank_partners
from terms.organisation import Deed, Organisation

TODAY = date(2026, 11, 23)
SEEKER = Seeker("Tind Valves AS", "NO", "Vestland", TODAY)


def ranked(words: int, member: int = -1, projects: csr_matrix | None = None) -> list[int]:
    """Three organisations: the first fits, the second did most, the third shares a project with the second."""
    text = np.array([[3.0, 1.0, 0.5]])
    candidates = Candidates(np.array([1.0, 80.0, 2.0]), projects)
    scores = rank_partners([text], np.array([words]), candidates, np.array([member]))
    return [int(at) for at in np.argsort(-scores[0])]


def test_the_shorter_the_need_the_more_earlier_activity_counts() -> None:
    assert ranked(words=400)[0] == 0
    assert ranked(words=8)[0] == 1


def test_who_worked_with_the_member_comes_first_and_the_member_last() -> None:
    shared = csr_matrix(np.array([[1, 0, 0, 0, 0], [0, 1, 1, 1, 1], [0, 1, 1, 1, 0]]))
    assert ranked(words=400, member=1, projects=shared)[0] == 2
    assert ranked(words=400, member=1, projects=shared)[-1] == 1


def test_friends_of_friends_count_less_than_friends() -> None:
    chain = csr_matrix(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]]))
    scores = rank_partners(
        [np.zeros((1, 4))], np.array([50]), Candidates(np.ones(4), chain), np.array([0])
    )[0]  # fmt: skip
    assert scores[1] > scores[2] > scores[3]


def test_many_needs_give_each_the_scores_it_has_alone() -> None:
    generator = np.random.default_rng(1)
    text, projects = generator.random((5, 7)), csr_matrix(generator.integers(0, 2, (7, 9)))
    words, members = np.array([5, 50, 9, 300, 20]), np.array([-1, 3, 0, 6, -1])
    together = rank_partners([text, text**2], words, Candidates(np.arange(7.0), projects), members)
    for at in range(5):
        own = rank_partners(
            [text[[at]], text[[at]] ** 2], words[[at]], Candidates(np.arange(7.0), projects), members[[at]]
        )
        np.testing.assert_allclose(together[at], own[0])


def org(key: str, **facts: Any) -> Organisation:
    return Organisation(organisation_key=key, **{"name": key, "country": "NO", **facts})


def deed(key: str, text: str, *who: tuple[str, str], **facts: Any) -> Deed:
    usual = {"kind": "project", "source": "cordis", "title": key, "text": text, "url": f"https://a.example/{key}"}
    return Deed.model_validate({**usual, "key": key, "organisations": who, **facts})


KNOWN = {
    one.organisation_key: one
    for one in (
        org("seals", type="institute", region="Vestland"), org("valves", country="IT", type="sme"), org("fish"),
        org("Tind Valves"), org("chile", country="CL"),
    )
}  # fmt: skip
DEEDS = [
    deed("old", "metal seal hydrogen", ("seals", "coordinator"), dated_on=date(2019, 1, 1)),
    deed("new", "metal seal hydrogen valve", ("seals", "participant"), ("valves", "participant"), ("Tind Valves", ""),
         dated_on=date(2027, 1, 1)),
    deed("paper", "seal hydrogen", ("chile", ""), kind="publication", dated_on=date(2025, 1, 1)),
    deed("cod", "cod salmon camera", ("fish", "coordinator"), dated_on=date(2026, 1, 1)),
    deed("ask", "seal valve partner", ("valves", "announced"), kind="announcement", calls=("CALL-1",)),
]  # fmt: skip


def found(seeker: Seeker = SEEKER, asked: str = "metal seal hydrogen valve") -> list[Any]:
    field = field_of(DEEDS, KNOWN, counted_of(Counter(one.text.split()) for one in DEEDS))
    return outside_partners(field, Counter(asked.split()), seeker, {"cordis": "CORDIS"}, 10)


def test_partners_have_evidence_newest_first_and_only_what_fits() -> None:
    partners = found()
    names = [one.organisation.name for one in partners]
    assert set(names) == {"seals", "valves", "chile"} and names[0] == "seals"
    assert [one.key for one in partners[0].evidence] == ["new", "old"]
    assert partners[0].evidence[1].role == "coordinator" and partners[0].evidence[0].source_title == "CORDIS"
    said = " ".join(partners[0].because)
    assert "2 projects on this" in said and "still running" in said and "same region" in said and "led 1" in said


def test_the_calls_countries_leave_out_who_may_not_and_its_announcements_count() -> None:
    under_call = SEEKER._replace(call="CALL-1", countries=("NO", "IT"))
    partners = {one.organisation.name: one for one in found(under_call)}
    assert set(partners) == {"seals", "valves"} and partners["valves"].allowed is True
    assert "seeks partners under this call" in partners["valves"].because
    assert found()[0].allowed is None


def test_nothing_that_fits_gives_nobody() -> None:
    assert found(asked="quantum") == []
    assert outside_partners(field_of([], {}, counted_of([])), Counter({"x": 1}), SEEKER, {}, 5) == []
