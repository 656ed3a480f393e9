"""Health of sources: each trouble is seen within one run, and what is usual raises no alarm (P15)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from spiders.kinds.trouble import UNKNOWN_FIELDS
from terms.haul import Haul
from terms.incident import Incident
from tests.houses import make_house
from tests.make import NOW, company, item
from warehouse.checks import Checked
from watch import report
from watch.absorb import absorb
from watch.collect import source_facts
from watch.digest import draft, list_digests
from watch.health import Health, health_of, read_health
from watch.house import House

DAY = 24


def run(number: int, items: int = 100, **facts: Any) -> Checked:
    """The run `number` days ago; all fields filled, fresh captures."""
    usual: dict[str, Any] = {
        "state": "complete",
        "finished_at": NOW - timedelta(days=number),
        "unchanged": 0,
        "filled": {"title": items, "text": items, "people": items // 2},
        "captures": f"c{number}" if items else "",
        "trouble": (),
    }
    return Checked(source="journal", run_key=f"r{number}", items=items, **{**usual, **facts})


def past(count: int = 10, items: int = 100) -> list[Checked]:
    return [run(number, items) for number in range(1, count + 1)]


def health(runs: Sequence[Checked], every: int = DAY, now: datetime = NOW) -> Health:
    return health_of(runs, every, now)


@pytest.mark.parametrize(
    ("newest", "why"),
    [
        (run(0, state="failed", items=0, trouble=("A page could not be fetched",)), "failed run: A page could not"),
        (run(0, state="partial"), "partial run"),
        (run(0, 49), "49 items, usually 100"),
        (run(0, 0), "0 items, usually 100"),
        (run(0, trouble=("No item in any page",)), "No item in any page"),
        (run(0, trouble=(UNKNOWN_FIELDS,)), "neither used nor ignored"),
        (run(0, filled={"title": 100, "text": 3, "people": 50}), "fields vanished: text in 3 of 100"),
        (run(0, 60, filled={"title": 60, "text": 60}), "fields vanished: people in 0 of 60"),
    ],
)
def test_trouble_is_seen_within_one_run(newest: Checked, why: str) -> None:
    """P15: failed, partial, half the yield, an empty page, new and vanished fields."""
    found = health([newest, *past()])
    assert found.state == "degraded"
    assert why in found.why
    assert found.since == NOW


@pytest.mark.parametrize(
    "newest",
    [
        run(0),
        run(0, 51),
        run(0, 5000),
        run(0, trouble=("A record could not be read and was left out",)),
        run(0, 0, unchanged=1),
        run(0, 60, filled={"title": 60, "text": 59, "people": 22}),
    ],
)
def test_what_is_usual_raises_no_alarm(newest: Checked) -> None:
    """A little less, much more, one bad record, nothing new, chance."""
    assert health([newest, *past()]) == Health("journal", "healthy", "", NOW - timedelta(days=10))


def test_a_list_that_two_crawls_brought_is_no_low_yield() -> None:
    """What the interrupted crawl had kept counts for the one that brought the list to its end."""
    assert health([run(0, 3, earlier=97), *past()]).state == "healthy"
    assert "40 items, usually 100" in health([run(0, 3, earlier=37), *past()]).why
    assert "3 items, usually 100" in health([run(0, 3), *(run(n, 3, earlier=97) for n in range(1, 5))]).why


def test_a_short_past_says_nothing() -> None:
    """Two runs are no usual yield, nor a usual field."""
    assert health([run(0, 3, filled={"title": 3}), *past(2)]).state == "healthy"


def test_empty_weekends_are_learnt_and_a_third_empty_day_is_not() -> None:
    """A yield that falls twice as far for as long is usual for this source."""
    weeks = [run(n, 1 if n % 7 in (0, 1) else 100) for n in range(28)]  # a weekend ends today
    assert health(weeks).state == "healthy"
    longer = [run(n, 1 if n % 7 in (0, 1, 2) and n < 3 else weeks[n].items) for n in range(28)]
    assert health(longer).why == "1 items, usually 100"


def test_a_source_that_stays_low_stays_degraded_since_the_first_low_run() -> None:
    """It does not get used to its own trouble."""
    found = health([run(0, 0), run(1, 0), run(2, 0), *past(12)[2:]])
    assert (found.state, found.since) == ("degraded", NOW - timedelta(days=2))


def test_a_mended_source_is_healthy_again() -> None:
    """Within one run, too."""
    assert health([run(0), run(1, 0), *past(12)[1:]]).state == "healthy"


def test_few_items_of_a_small_source_prove_nothing_by_themselves() -> None:
    """Two calls without a budget, where half of all calls have one."""
    usual = [run(n, 4, filled={"title": 4, "call.budget_eur": 2}) for n in range(1, 8)]
    assert health([run(0, 3, filled={"title": 3}), *usual]).state == "healthy"


def test_a_frozen_feed_is_seen_after_three_periods() -> None:
    """The same bytes for four days of a daily feed; three days are a long weekend."""
    lively = past(14)[4:]
    four = [run(n, captures="same") for n in range(5)]
    assert "the same answer for 96 h" in health([*four, *lively[1:]]).why
    assert health([*four[1:], *lively], now=NOW - timedelta(days=1)).state == "healthy"


def test_an_unmodified_answer_is_the_same_answer() -> None:
    """A publisher whose 304 never ends."""
    stale = [run(n, 0, unchanged=1) for n in range(4)]
    assert "the same answer" in health([*stale, run(4), *past(14)[4:]]).why


def test_a_slow_feed_is_learnt() -> None:
    """One that once stood still for a week may do so again."""
    slow = [run(n, captures=f"week {n // 7}") for n in range(28)]
    assert health(slow).state == "healthy"
    assert health([run(n, captures="stuck") for n in range(17)] + slow[17:]).state == "degraded"


def test_hourly_asking_does_not_make_a_night_a_freeze() -> None:
    """Periods shorter than a day count as one."""
    night = [run(n, captures="same", finished_at=NOW - timedelta(hours=n)) for n in range(14)]
    assert health(night, every=1).state == "healthy"


@pytest.mark.parametrize(("days", "state"), [(2, "healthy"), (2.1, "silent")])
def test_a_source_that_is_not_collected_falls_silent(days: float, state: Literal["healthy", "silent"]) -> None:
    """Two periods."""
    found = health(past(), now=NOW - timedelta(days=1) + timedelta(days=days))
    assert found.state == state
    assert ("due every 24 h" in found.why) is (state == "silent")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch, company(quiet_week="paragraph"))


def leave_haul(house: House, days: int, count: int, state: Literal["complete", "partial"] = "complete") -> None:
    """A finished haul of arXiv, as a crawl leaves it; nothing is fetched."""
    at = NOW - timedelta(days=days)
    folder = house.hauls / "arxiv" / at.strftime("%Y%m%dT%H%M%SZ")
    folder.mkdir(parents=True)
    items = [item(f"{days}-{n}", source="arxiv", capture_sha256=f"{days:064d}") for n in range(count)]
    (folder / "items.jsonl").write_text("".join(i.model_dump_json() + "\n" for i in items), "utf-8")
    trouble = () if state == "complete" else (Incident(where="source:arxiv", message="A page could not be fetched"),)
    haul = Haul(
        source="arxiv",
        run_key=folder.name,
        state=state,
        started_at=at,
        finished_at=at,
        counts={"items": count},
        incidents=trouble,
    )
    (folder / "haul.json").write_text(haul.model_dump_json(), "utf-8")


@pytest.mark.parametrize(
    ("count", "state", "said"),
    [(20, "complete", ""), (2, "complete", "2 items, usually 20"), (20, "partial", "partial run: A page could not be")],
)
def test_health_is_shown_where_people_look(
    house: House, count: int, state: Literal["complete", "partial"], said: str
) -> None:
    """P15: `varde sources` with the reason, worst first, and the digest's foot."""
    for days in (4, 3, 2, 1):
        leave_haul(house, days, 20)
    leave_haul(house, 0, count, state)
    absorb(house)
    row = report.sources_table(house)[0]
    assert (row["source"], row["health"]) == ("arxiv", "degraded" if said else "healthy")
    assert row["why"].startswith(said)
    draft(house, company(quiet_week="paragraph"))
    (kept,) = list_digests(house)
    assert kept.digest.degraded == ((source_facts(house)["arxiv"].title,) if said else ())


def test_fields_are_counted_as_they_are_absorbed(house: House) -> None:
    """A parser that loses a field after four good runs."""
    for days in (4, 3, 2, 1):
        leave_haul(house, days, 20)
    leave_haul(house, 0, 20)
    lost = house.hauls / "arxiv" / NOW.strftime("%Y%m%dT%H%M%SZ") / "items.jsonl"
    lost.write_text(lost.read_text("utf-8").replace("We measure leakage of metal seals at 700 bar.", ""), "utf-8")
    absorb(house)
    assert read_health(house, source_facts(house))["arxiv"].why == "fields vanished: text in 0 of 20"
