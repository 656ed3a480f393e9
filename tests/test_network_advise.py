"""Projects and partners from accepted opportunities; deterministic, never a closed call, never a person."""

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from network.advise import advise, unadvised
from network.lines import line_of, ref_of
from network.names import name_key
from terms.digest import Accepted
from terms.item import Call, Item, Organisation, Patent, Person
from terms.match import Passage, Reasons

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
REASONS = Reasons(
    terms=("seam", "weld", "camera", "robot", "plate"),
    passages=(Passage(field="title", start=0, end=4, text="Seam"), Passage(field="text", start=0, end=1, text="x")),
)


def accepted(cluster: str, fit: float = 0.8, need: str = "acme/weld", **item: Any) -> Accepted:
    stored = {"source": "arxiv", "source_id": cluster, "text": "x", "url": "https://a.example", "capture_sha256": "0"}
    shown = {"kind": "publication", "title": f"Seam {cluster}", **item}
    return Accepted(
        company_key="acme",
        need_key=need,
        need_version=1,
        need_title=None if need.endswith("secret") else need,
        need_priority=3,
        cluster_key=cluster,
        item=Item.model_validate(stored | shown),
        fit=fit,
        reasons=REASONS,
        source_title="arXiv",
        decided_at=NOW,
    )


def call(cluster: str, *days: int, **others: Any) -> Accepted:
    deadlines = tuple(NOW + timedelta(days=d) for d in days)
    return accepted(cluster, kind="call", call=Call(deadlines_at=deadlines, budget_eur=5, programme="HE"), **others)


def org(name: str, country: str | None = "NO", role: Any = "affiliation") -> Organisation:
    return Organisation(name=name, country=country, role=role)


def test_a_project_is_a_call_with_the_best_evidence_of_the_same_need() -> None:
    papers = [accepted(f"p{i}", fit=i / 10) for i in range(1, 6)]
    other = accepted("q", fit=0.99, need="acme/other")
    [project] = advise([*papers, other, call("c", 30)], NOW)
    assert project.kind == "project" and project.call is not None
    assert (project.call.cluster_key, project.need_key) == ("c", "acme/weld")
    assert [line.cluster_key for line in project.evidence] == ["p5", "p4", "p3"]
    left = unadvised([*papers, other, call("c", 30)], [project], NOW)
    assert [line.cluster_key for line in left] == ["q", "p2", "p1"]


def test_a_closed_call_is_never_advised_whatever_its_source_says() -> None:
    closed = accepted("c", kind="call", call=Call(stated_status="open", deadlines_at=(NOW - timedelta(seconds=1),)))
    assert advise([closed], NOW) == ()
    assert unadvised([closed], (), NOW) == ()


def test_a_call_without_a_deadline_is_advised_without_one_and_last() -> None:
    unknown, open_call = accepted("a", kind="call", call=Call(stated_status="open")), call("b", -5, 40, 20)
    first, second = advise([unknown, open_call], NOW)
    assert first.call is not None and second.call is not None
    assert first.call.deadline_at == NOW + timedelta(days=20)
    assert (second.call.cluster_key, second.call.deadline_at) == ("a", None)


def test_a_call_that_two_needs_accepted_is_one_project_for_the_better_one() -> None:
    [project] = advise([call("c", 9, fit=0.5), call("c", 9, fit=0.9, need="acme/secret")], NOW)
    assert (project.need_key, project.need_title) == ("acme/secret", None)


def test_a_partner_stands_behind_two_clusters_newest_first() -> None:
    items = [
        accepted("p1", published_on=date(2026, 1, 1), organisations=(org("SINTEF Industri AS"), org("Lone Ltd"))),
        accepted("p2", published_on=date(2026, 3, 1), organisations=(org("Sintef  industri", None),) * 2),
        accepted("p3", published_on=None, organisations=(org("SINTEF Industri AS", "SE"),)),
        accepted("p4", published_on=date(2026, 2, 1), organisations=(org("SINTEF Industri AS"),)),
    ]
    [partner] = advise(items, NOW)
    assert (partner.kind, partner.partner, partner.partner_country) == ("partner", "SINTEF Industri AS", "NO")
    assert [line.cluster_key for line in partner.evidence] == ["p2", "p4", "p1", "p3"]
    assert unadvised(items, [partner], NOW) == ()


def test_neither_the_company_itself_nor_funders_nor_persons_are_partners() -> None:
    everyone = (
        org("Acmé AS"),
        org("Research Council", role="funder"),
        org("Elsevier", role="publisher"),
        org("NORDMANN, Kari", role="applicant"),
        org("***"),
    )
    people = (Person(name="Kari Nordmann", role="inventor"),)
    patent = Patent(number="EP1", kind_code="A1")
    items = [accepted(c, kind="patent", patent=patent, organisations=everyone, people=people) for c in ("a", "b")]
    assert advise(items, NOW, company_name="ACME") == ()
    assert [s.partner for s in advise(items, NOW)] == ["Acmé AS"]


def test_a_call_is_no_evidence_for_a_partner() -> None:
    calls = [call(c, 30, organisations=(org("SINTEF"),)) for c in ("a", "b")]
    assert {s.kind for s in advise(calls, NOW)} == {"project"}


def test_the_order_of_decisions_changes_nothing() -> None:
    rng = random.Random(7)
    some = [accepted(f"p{i}", fit=i % 3 / 3, organisations=(org(f"U{i % 4}"),)) for i in range(12)]
    everything = [*some, *(call(f"c{i}", 10 * (i % 2)) for i in range(5))]
    expected = advise(everything, NOW)
    assert len(expected) > 4
    for _ in range(20):
        rng.shuffle(everything)
        assert advise(everything, NOW) == expected
        assert unadvised(everything, expected, NOW) == ()


def test_a_pair_accepted_twice_counts_once_with_its_latest_version() -> None:
    old = accepted("p", fit=0.9)
    new = old.model_copy(update={"need_version": 2, "fit": 0.3, "decided_at": NOW + timedelta(hours=1)})
    [line] = unadvised([new, old], (), NOW)
    assert line == line_of(new, NOW)


def test_a_line_names_the_cluster_the_same_way_every_week() -> None:
    line = line_of(call("c", 3, people=(Person(name="A"), Person(name="A"))), NOW)
    assert line.ref == ref_of("acme", "c") == line_of(call("c", 99, fit=0.1), NOW).ref
    assert line.ref not in (ref_of("acme", "d"), ref_of("beta", "c"))
    assert (line.because, line.passage) == (("seam", "weld", "camera", "robot"), "Seam")
    assert (line.programme, line.budget_eur, line.people) == ("HE", 5, ("A",))


def test_a_ref_is_crockford_base32_of_sha256() -> None:
    """sha256("acme\\nc") begins with the bytes below; 30 bits, five at a time."""
    bits = int.from_bytes(hashlib.sha256(b"acme\nc").digest()[:4], "big") >> 2
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    assert ref_of("acme", "c") == "".join(letters[bits >> shift & 31] for shift in range(25, -1, -5))


def test_nothing_accepted_advises_nothing() -> None:
    assert advise((), NOW) == ()
    assert unadvised((), (), NOW) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SINTEF AS", "sintef"),
        ("Siemens A/S", "Siemens AS"),
        ("Bosch GmbH & Co. KG", "BOSCH G.m.b.H."),
        ("Fiat S.p.A.", "Fiat SpA"),
        ("Universität Zürich", "UNIVERSITAT ZURICH"),
        ("Ørsted A/S", "Orsted"),
        ("Straße AG", "STRASSE"),
        ("Kongsberg-Maritime, AS", "Kongsberg Maritime"),
        ("Åsgård Ltd.", "A\u030asga\u030ard Limited"),
    ],
)
def test_spellings_of_one_organisation(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("SINTEF Ocean", "SINTEF Energi"), ("AS", "Ltd"), ("Data/Systems", "Datasystems")]
)
def test_different_organisations_stay_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
