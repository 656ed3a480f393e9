"""Collect: crawl every source in a process of its own, absorb what they brought."""

from typing import Any

from prefect import flow, task, unmapped
from prefect.task_runners import ThreadPoolTaskRunner

from flows.shared import house, keep_table
from terms.errors import SourceSilent
from watch import report
from watch.absorb import absorb
from watch.collect import collect as collect_sources
from watch.collect import run_key, sources_to_collect
from watch.companies import import_maps


@task(task_run_name="{name}", retries=1, retry_delay_seconds=120, tags=["crawl"])
def collect_source(name: str, key: str) -> dict[str, str]:
    """One source; failing is retried once, and never stops the others. The crawl ends itself in time."""
    (haul,) = collect_sources(house(), [name], key=key)
    if haul.state == "failed":
        raise SourceSilent(
            f"{name} brought nothing back: {haul.incidents[0].message if haul.incidents else 'no reason'}"
        )
    return report.hauls_table([haul])[0]


@task(retries=1, retry_delay_seconds=60, timeout_seconds=3600)
def absorb_hauls() -> list[dict[str, str]]:
    """Everything that lies ready, in one transaction a haul."""
    return report.loads_table(absorb(house()))


# Prefect's own runner does not fit its own annotation
_TWO_AT_ONCE: Any = ThreadPoolTaskRunner(max_workers=2)


@flow(name="collect", task_runner=_TWO_AT_ONCE, timeout_seconds=4 * 3600)
def collect(sources: list[str] | None = None) -> None:
    """Read the need maps, crawl the named sources or all, absorb what they brought, and say what came of it."""
    here = house()
    import_maps(here)
    names = sources_to_collect(here, sources or ())
    crawled = collect_source.map(names, key=unmapped(run_key(here)))
    crawled.wait()
    rows = [future.result() for future in crawled if future.state.is_completed()]
    keep_table("collected", rows, f"{len(rows)} of {len(names)} sources brought something back")
    keep_table("absorbed", absorb_hauls(), "New, changed and unchanged items by source")
    keep_table("sources", report.sources_table(here), "Every source, worst first")
    keep_table("incidents", report.incidents_table(report.read_incidents(here)), "Trouble, worst first")
    if not rows:
        raise SourceSilent("no source brought anything back; see the incidents artifact")
