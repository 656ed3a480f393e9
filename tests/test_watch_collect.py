"""Which sources are asked, and from when on (P14)."""

from datetime import timedelta
from pathlib import Path

import pytest

from terms.errors import NotFound, VardeError
from terms.haul import Haul
from tests.houses import make_house
from tests.make import NOW
from warehouse import runs
from warehouse.items import Absorbed
from watch import collect as collecting
from watch.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch)


def ran(house: House, source: str, state: str, hours_ago: float, cursor: str | None = None) -> None:
    """A run of a source in the past."""
    at = NOW - timedelta(hours=hours_ago)
    haul = Haul.model_validate(
        {"source": source, "run_key": f"{hours_ago}", "state": state, "started_at": at, "finished_at": at, "counts": {},
         "cursor": cursor}
    )  # fmt: skip
    with house.warehouse.write() as connection:
        runs.store_run(connection, haul, Absorbed((), (), 0), 1)


def test_a_source_rests_until_its_period_is_over(house: House) -> None:
    """A daily schedule may come a little early; a failed run does not count as asked."""
    ran(house, "arxiv", "complete", 20)
    ran(house, "epo", "complete", 24 * 8)
    ran(house, "eu_funding", "failed", 1)
    due = collecting.sources_to_collect(house)
    assert "arxiv" not in due
    assert {"epo", "eu_funding"} <= set(due)
    ran(house, "eu_funding", "complete", 0)
    assert "eu_funding" not in collecting.sources_to_collect(house)
    assert collecting.sources_to_collect(house, ["arxiv"]) == ["arxiv"]


def test_a_daily_schedule_that_comes_minutes_early_finds_its_sources_due(house: House) -> None:
    """Cron and crawl times waver."""
    ran(house, "arxiv", "complete", 23.8)
    assert "arxiv" in collecting.sources_to_collect(house)


def test_a_recorded_week_runs_the_sources_it_holds(house: House, tmp_path: Path) -> None:
    """Whether they are due or not: a recording asks nobody."""
    (tmp_path / "index.jsonl").write_text('{"source": "epo", "url": "https://x.example"}\n')
    ran(house, "epo", "complete", 1)
    assert collecting.sources_to_collect(house, (), tmp_path) == ["epo"]


def test_an_unknown_source_is_named_with_those_there_are(house: House) -> None:
    """Clear errors."""
    with pytest.raises(NotFound, match=r"no source .arxvi.; there are: .*arxiv"):
        collecting.sources_to_collect(house, ["arxvi"])


def test_a_cursor_never_moves_back(house: House) -> None:
    """A back-fill brings old items, not an old cursor."""
    ran(house, "epo", "complete", 20, cursor="2026-11-18")
    ran(house, "epo", "complete", 2, cursor="2026-10-07")
    with house.warehouse.read() as connection:
        assert runs.read_cursors(connection) == {"epo": "2026-11-18"}


def test_a_live_crawl_without_contact_names_the_setting(house: House) -> None:
    """Publishers must be able to reach somebody."""
    with pytest.raises(VardeError, match="VARDE_CONTACT"):
        collecting.collect(house, ["arxiv"])
