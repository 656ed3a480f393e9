"""What a change means: deadlines, money and eligibility told apart from typos; rejected calls come back for them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from terms.item import Call, Item
from tests.houses import make_house
from tests.make import NOW, company, item, match
from warehouse import items, matches, revisions
from warehouse.revisions import classed
from watch import review, twins
from watch.house import House

JANUARY = datetime(2027, 1, 12, 16, tzinfo=UTC)
FEBRUARY = datetime(2027, 2, 9, 16, tzinfo=UTC)
LONG = "Small companies may apply for support to projects on tight valves for hydrogen in ships and ports. " * 5


def call(**facts: Any) -> Item:
    return item(
        "c1", kind="call", title="Valves for hydrogen", text=LONG, call=Call(**{"deadlines_at": (JANUARY,), **facts})
    )


def kinds(before: Any, after: Any, field: str = "text", of: str = "call") -> set[tuple[str, bool]]:
    return {(change.kind, change.is_material) for change in classed({field: [before, after]}, of)}


def in_call(field: str, before: Any, after: Any) -> set[tuple[str, bool]]:
    return kinds({field: before}, {field: after}, "call")


@pytest.mark.parametrize(
    ("field", "before", "after", "kind"),
    [
        ("deadlines_at", ["2027-01-12T16:00:00Z"], ["2027-02-09T16:00:00Z"], "deadline"),
        ("deadlines_at", [], ["2027-02-09T16:00:00Z"], "deadline"),
        ("budget_eur", 4_000_000, 6_000_000, "budget"),
        ("max_grant_eur", None, 300_000, "budget"),
        ("beneficiaries", "Companies of any size", "Universities only", "eligibility"),
        ("conditions", "At least 3 partners", "At least 2 partners", "eligibility"),
        ("conditions", "Partners are needed", "Partners are not needed", "eligibility"),
        ("countries", ["NO", "SE"], ["NO"], "eligibility"),
        ("trl", [4, 6], [5, 7], "eligibility"),
        ("opens_on", "2026-12-01", "2027-01-04", "status"),
        ("programme", "Digital", "Climate", "scope"),
    ],
)
def test_material_changes_of_a_call(field: str, before: Any, after: Any, kind: str) -> None:
    """P11: each by its own class."""
    assert in_call(field, before, after) == {(kind, True)}


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("deadlines_at", ["2027-01-12T16:00:00Z"], ["2027-01-12T17:00:00+01:00"]),
        ("beneficiaries", "Companies of any size", "<p>Companies, of any  size.</p>"),
        ("conditions", "At least three partners from univeristies", "At least three partners from universities"),
        ("countries", ["NO", "SE"], ["SE", "NO"]),
    ],
)
def test_typing_is_no_change_of_a_call(field: str, before: Any, after: Any) -> None:
    """P11: another time zone for one moment, marks, markup, a mended slip, another order."""
    assert in_call(field, before, after) == {("wording", False)}


def test_what_is_no_longer_stated_is_told_but_not_material() -> None:
    """Nothing to act on; if it was a fault of the publisher's, nobody is woken."""
    assert in_call("budget_eur", 4_000_000, None) == {("budget", False)}


def test_texts_are_judged_by_likeness_and_numbers() -> None:
    """A word more is wording; a rewrite, or another number in a call, is another scope."""
    assert kinds(LONG, LONG.replace("ships", "vessels", 1)) == {("wording", False)}
    assert kinds(LONG, LONG + " Up to 500 000 EUR.") == {("scope", True)}
    assert kinds(LONG, "Fish farms may apply for cages that stand heavy weather off the coast.") == {("scope", True)}
    assert kinds(LONG, LONG.replace("ships and ports", "trains"), of="publication") == {("wording", False)}
    assert kinds("https://a.example", "https://b.example", "url") == {("other", False)}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = make_house(tmp_path, monkeypatch, company())
    absorb(house, call(), no=1, days=-3)
    return house


def absorb(house: House, arriving: Item, *, no: int, days: float) -> None:
    """One load as watch.absorb makes it, some days from now, with a flagged match."""
    with house.warehouse.write() as connection:
        absorbed = items.absorb(connection, [arriving], absorb_no=no, seen_at=NOW + timedelta(days=days))
        revisions.store_changes(connection, absorbed.changed)
        twins.join(connection, absorbed.new + absorbed.changed)
        matches.store_matches(connection, [match("journal:c1")], (), at=NOW)


def reject(house: House) -> str:
    opportunity = review.queue(house).waiting[0]
    review.decide(house, opportunity, "reject", broker="Bo", reason="too late")
    assert review.queue(house).waiting == ()
    return review.opportunity_ref(opportunity)


def test_changes_are_stored_with_their_revision(house: House) -> None:
    """P11: for explain."""
    absorb(house, call(budget_eur=5_000_000, deadlines_at=(FEBRUARY,)), no=2, days=1)
    with house.warehouse.read() as connection:
        told = revisions.read_changes(connection, "journal:c1")
    assert [(change.kind, change.before, change.after) for change in told] == [
        ("budget", "not stated", "EUR 5 000 000"),
        ("deadline", "2027-01-12 16:00 UTC", "2027-02-09 16:00 UTC"),
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (call(deadlines_at=(FEBRUARY,)), "deadline: 2027-01-12 16:00 UTC -> 2027-02-09 16:00 UTC"),
        (call(budget_eur=7), "budget: not stated -> EUR 7"),
        (call(countries=("NO",)), "eligibility: not stated -> NO"),
        (call().model_copy(update={"text": "Something else altogether."}), "scope: text rewritten"),
    ],
)
def test_a_rejected_call_comes_back_when_it_changed_and_says_what(house: House, changed: Item, said: str) -> None:
    """P32."""
    ref = reject(house)
    absorb(house, changed, no=2, days=1)
    queue = review.queue(house)
    assert [review.opportunity_ref(o) for o in queue.waiting] == [ref]
    assert queue.changed == {ref: said}
    assert queue.decided == 0


@pytest.mark.parametrize(
    "changed",
    [
        call().model_copy(update={"text": LONG.replace("Small", "Smal", 1)}),
        call(opens_on="2026-12-01"),
        call(stated_status="Forthcoming"),
        call().model_copy(update={"url": "https://elsewhere.example/c1"}),
    ],
)
def test_a_rejected_call_stays_away_for_anything_else(house: House, changed: Item) -> None:
    """P32: typos, status and addresses wake nobody."""
    reject(house)
    absorb(house, changed, no=2, days=1)
    assert review.queue(house).waiting == ()
    assert review.queue(house).changed == {}


def test_a_change_before_the_rejection_was_seen_by_the_broker(house: House) -> None:
    """Only what came after counts."""
    absorb(house, call(deadlines_at=(FEBRUARY,)), no=2, days=-1)
    reject(house)
    assert review.queue(house).waiting == ()


def test_what_changed_and_changed_back_is_no_change(house: House) -> None:
    """A publisher's slip that is mended."""
    reject(house)
    absorb(house, call(deadlines_at=(FEBRUARY,)), no=2, days=1)
    absorb(house, call(), no=3, days=2)
    assert review.queue(house).waiting == ()


def test_rejected_again_it_stays_away_until_the_next_change(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P32: each rejection answers what was known when it was made."""
    reject(house)
    absorb(house, call(deadlines_at=(FEBRUARY,)), no=2, days=1)
    later = make_house(tmp_path, monkeypatch, company(), now="2026-11-26T06:00:00Z")
    reject(later)
    absorb(later, call(deadlines_at=(FEBRUARY,), budget_eur=9), no=3, days=5)
    assert list(review.queue(later).changed.values()) == ["budget: not stated -> EUR 9"]


def test_an_accepted_call_does_not_come_back(house: House) -> None:
    """Only rejections are answered; what changed in what was sent is the digest's to say."""
    review.decide(house, review.queue(house).waiting[0], "accept", broker="Bo")
    absorb(house, call(deadlines_at=(FEBRUARY,)), no=2, days=1)
    assert review.queue(house).waiting == ()
