"""Match: score what is new against every active need."""

from prefect import flow, task

from flows.shared import house, keep_table
from watch import report
from watch.match import match as match_new


@task(retries=1, retry_delay_seconds=60, timeout_seconds=3600)
def match_items() -> list[dict[str, str]]:
    """What is new against every active need."""
    return report.matched_table(match_new(house()))


@flow(name="match", timeout_seconds=2 * 3600)
def match() -> None:
    """Score what is new, and say how much was flagged."""
    keep_table("matched", match_items(), "What was scored and flagged, by which model")
