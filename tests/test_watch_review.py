"""The queue and its decisions, through the functions that the command line and the desk use."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from terms.errors import NotFound
from terms.item import Call
from tests.houses import make_house, stock
from tests.make import NOW, company, item, paper
from watch import review
from watch.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch, company(), company("other"))


def waiting(house: House) -> list[str]:
    return [o.item.source_id for o in review.queue(house).waiting]


def test_the_queue_is_best_fit_first_and_a_decision_takes_off(house: House) -> None:
    """P30, P32."""
    stock(house, item("1"), item("2"), item("3"))
    first = review.queue(house).waiting[0]
    review.decide(house, first, "reject", broker="Bo", reason="wrong technology")
    assert waiting(house) == ["2", "3"]
    assert review.queue(house).decided == 1
    assert review.queue(house, "other").waiting == ()


def test_undo_brings_it_back(house: House) -> None:
    """P30 z."""
    stock(house, item("1"))
    opportunity = review.queue(house).waiting[0]
    review.decide(house, opportunity, "accept", broker="Bo")
    again = review.find_opportunity(house, review.opportunity_ref(opportunity).lower())
    review.decide(house, again, "undo", broker="Bo")
    assert waiting(house) == ["1"]


def test_later_comes_back_on_its_day(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P30 h."""
    stock(house, item("1"))
    review.decide(house, review.queue(house).waiting[0], "later", broker="Bo", until=date(2026, 12, 1))
    assert waiting(house) == []
    december = make_house(tmp_path, monkeypatch, company(), company("other"), now="2026-12-01T06:00:00Z")
    assert waiting(december) == ["1"]


def test_a_rejected_cluster_stays_away_when_a_twin_arrives(house: House) -> None:
    """P32: the decision is on the cluster, whichever member it was made on."""
    title = "Leakage of metal seals in hydrogen valves"
    stock(house, paper("journal", "1", title))
    review.decide(house, review.queue(house).waiting[0], "reject", broker="Bo", reason="known already")
    stock(house, paper("arxiv", "9", title), no=2)
    assert waiting(house) == []


def test_closed_calls_are_left_out_and_counted(house: House) -> None:
    """P24: whatever the source says."""
    past = Call(stated_status="open", deadlines_at=(NOW - timedelta(days=1),))
    open_call = Call(stated_status="closed", deadlines_at=(NOW + timedelta(days=1),))
    stock(house, item("1", kind="call", call=past), item("2", kind="call", call=open_call), item("3", kind="call"))
    assert waiting(house) == ["2", "3"]
    assert review.queue(house).closed == 1


def test_a_rejection_needs_a_reason_and_later_a_day(house: House) -> None:
    """Clear errors, nothing stored."""
    stock(house, item("1"))
    opportunity = review.queue(house).waiting[0]
    with pytest.raises(ValueError, match="reason"):
        review.decide(house, opportunity, "reject", broker="Bo")
    with pytest.raises(ValueError, match="date after today"):
        review.decide(house, opportunity, "later", broker="Bo", until=NOW.date())
    assert waiting(house) == ["1"]


def test_unflagged_matches_and_unknown_refs(house: House) -> None:
    """What is not flagged does not wait."""
    stock(house, item("1"), flagged=False)
    assert waiting(house) == []
    with pytest.raises(NotFound, match="varde queue"):
        review.find_opportunity(house, "ZZZZZZ")


def test_a_paused_need_leaves_the_queue(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only active needs are watched."""
    stock(house, item("1"))
    (need,) = company().needs
    paused = company(needs=(need.model_copy(update={"status": "paused"}),))
    assert waiting(make_house(tmp_path, monkeypatch, paused)) == []
