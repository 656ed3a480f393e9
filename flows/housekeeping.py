"""Housekeeping: recovery, backup of the ledger, old hauls."""

from prefect import flow, task

from flows.shared import house, keep_table
from watch.housekeeping import keep_house


@task(retries=1, retry_delay_seconds=300, timeout_seconds=1800)
def tidy() -> dict[str, str]:
    """Keep the house in order."""
    return {name: str(value) for name, value in keep_house(house())._asdict().items()}


@flow(name="housekeeping", timeout_seconds=3600)
def housekeeping() -> None:
    """Recover the warehouse, back the ledger up, remove what is absorbed and old."""
    keep_table("kept", [tidy()], "What housekeeping did")
