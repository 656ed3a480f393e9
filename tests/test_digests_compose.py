"""What goes into a digest, in which order, and what waits (P50, P53, P57)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.compose import compose, is_quiet
from digests.lead import lead_of
from digests.texts import texts_for
from digests.wording import wording_for
from terms.digest import Digest, Line, Suggestion
from tests.recordings.digests.world import COMPANY, NOW, WEEK, call, full_digest, paper, partner, project


def _composed(suggestions: list[Suggestion], leftover: list[Line], cap: int = 12) -> Digest:
    return compose(
        COMPANY,
        suggestions,
        leftover,
        now=NOW,
        iso_week=WEEK,
        language="en",
        cap=cap,
        examined={"arXiv": 10},
        new=3,
        degraded=("EPO",),
    )


def test_projects_by_deadline_then_partners_then_evidence() -> None:
    digest = full_digest()
    assert [line.ref for line in digest.lines] == ["C-1", "C-2", "P-3", "T-1", "P-4", "P-5", "P-6", "T-2", "P-7"]
    assert digest.held_back == 0


def test_a_call_without_deadline_comes_after_those_with_one_and_order_is_stable() -> None:
    digest = _composed([project(call("C-9", None)), project(call("C-3", 30)), project(call("C-4", 30))], [])
    assert [line.ref for line in digest.lines] == ["C-3", "C-4", "C-9"]


def test_what_the_foot_says_is_passed_on() -> None:
    digest = _composed([], [paper("P-1")])
    assert (digest.examined, digest.new, digest.degraded) == ({"arXiv": 10}, 3, ("EPO",))
    assert (digest.company_key, digest.iso_week) == ("nordlys-robotics", WEEK)


def test_the_cap_takes_evidence_first_and_never_a_call_from_its_project() -> None:
    digest = _composed([project(call("C-1", 9), paper("P-1"), paper("P-2"), paper("P-3"))], [paper("P-4")], cap=3)
    assert [line.ref for line in digest.lines] == ["C-1", "P-1", "P-2"]
    assert digest.held_back == 2


def test_a_partner_with_room_for_one_piece_of_evidence_waits_whole_and_a_single_item_takes_the_room() -> None:
    digest = _composed([partner("NTNU", paper("P-1"), paper("P-2"))], [paper("P-3"), paper("P-4")], cap=1)
    assert digest.suggestions == ()
    assert [line.ref for line in digest.evidence] == ["P-3"]
    assert digest.held_back == 3


def test_a_closed_call_is_left_out_and_its_evidence_told_by_itself() -> None:
    """P24: what closed between the decision and the mail is not advised, and does not come again."""
    digest = _composed([project(call("C-1", -1), paper("P-1"))], [call("C-2", -3)])
    assert digest.suggestions == ()
    assert [line.ref for line in digest.lines] == ["P-1"]
    assert digest.held_back == 0


def test_a_line_of_a_suggestion_is_not_told_a_second_time() -> None:
    digest = _composed([project(call("C-1", 9), paper("P-1"))], [paper("P-1"), paper("P-2"), paper("P-2")])
    assert [line.ref for line in digest.evidence] == ["P-2"]


def test_nothing_accepted_is_a_quiet_week() -> None:
    assert is_quiet(_composed([], []))
    assert not is_quiet(full_digest())


def test_a_cap_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="cap is 1 or more"):
        _composed([], [], cap=0)


@given(
    cap=st.integers(1, 15),
    evidence=st.lists(st.integers(0, 4), max_size=5),
    partners=st.lists(st.integers(1, 4), max_size=4),
    single=st.integers(0, 8),
)
def test_nothing_is_lost_nor_told_twice_whatever_the_cap(
    cap: int, evidence: list[int], partners: list[int], single: int
) -> None:
    """P53: told + held back = everything accepted."""
    refs = iter(range(1000))
    projects = [project(call(f"C-{next(refs)}", 9), *(paper(f"P-{next(refs)}") for _ in range(n))) for n in evidence]
    others = [partner("NTNU", *(paper(f"P-{next(refs)}") for _ in range(n))) for n in partners]
    digest = _composed([*others, *projects], [paper(f"P-{next(refs)}") for _ in range(single)], cap)
    assert len(digest.lines) <= cap
    assert len(digest.lines) + digest.held_back == next(refs)
    assert all(s.call for s in digest.suggestions if s.kind == "project")
    whole = {s.evidence[0].ref: len(s.evidence) for s in others}
    assert all(len(s.evidence) >= min(2, whole[s.evidence[0].ref]) for s in digest.suggestions if s.kind == "partner")


def test_what_must_be_decided_this_week_leads_whatever_is_worth_more() -> None:
    """The ten seconds of the mail: what cannot wait is first; the rest stays in the order of worth."""

    def asked(ref: str, days: int, worth: float) -> Suggestion:
        decide_on = (NOW + timedelta(days=days)).date()
        return project(call(ref, days + 21)).model_copy(update={"decide_on": decide_on, "worth": worth})

    offered = [asked("C-1", 90, 0.9), asked("C-2", 60, 0.5), asked("C-3", 6, 0.2), asked("C-4", -5, 0.1)]
    digest = _composed(offered, [])
    assert [one.call.ref for one in digest.suggestions if one.call] == ["C-4", "C-3", "C-1", "C-2"]
    as_a_broker_put_them = digest.model_copy(update={"suggestions": tuple(offered)})
    lead = lead_of(as_a_broker_put_them, COMPANY, wording_for(texts_for("en"), "Europe/Oslo", NOW))
    assert lead is not None
    assert lead.when.startswith("Decide now")
