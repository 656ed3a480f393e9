"""Verbs on sources: collect, absorb, match, sources, incidents."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from terms.haul import Haul
from varde.door import house_of
from varde.show import as_json, err, say, show, table, working
from watch import report
from watch.absorb import absorb as absorb_hauls
from watch.collect import collect as collect_sources
from watch.collect import sources_to_collect

Names = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="All sources if none is named.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts.")]

HEALTH = ("health", "since", "why", "last run", "said")


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    for verb in (collect, absorb, match, sources, incidents):
        app.command()(verb)


def collect(
    context: typer.Context,
    names: Names = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Back-fill from this date instead of the cursor.")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="Recorded payloads instead of the network: a file, a folder, or a folder with index.jsonl."),
    ] = None,
    mirror: Annotated[str | None, typer.Option(help="Address asked instead of the publisher's own.")] = None,
) -> None:
    """Crawl sources, those that are due if none is named; each leaves a haul to be absorbed."""
    house = house_of(context)
    chosen = sources_to_collect(house, names or (), replay)
    with working(f"collecting {len(chosen)} sources") as tell:
        left = set(chosen)

        def done(haul: Haul) -> None:
            left.discard(haul.source)
            err.print(f"{haul.source}: {haul.state}, {haul.counts.get('items', 0)} items")
            tell(f"collecting {', '.join(sorted(left))}")

        begin = f"{since:%Y-%m-%d}" if since else None
        hauls = collect_sources(house, chosen, since=begin, replay=replay, mirror=mirror, on_done=done)
    table(report.hauls_table(hauls), "Collected", empty="no source is due; name one to ask it all the same")
    for haul in hauls:
        for incident in haul.incidents:
            facts = ", ".join(f"{k}: {v}" for k, v in incident.facts.items())
            say(f"{incident.level}: {incident.where}: {incident.message} ({facts})", "yellow")
    if hauls and all(haul.state == "failed" for haul in hauls):
        raise typer.Exit(1)


def absorb(context: typer.Context) -> None:
    """Load finished hauls into the warehouse; a haul that is in changes nothing."""
    table(report.loads_table(absorb_hauls(house_of(context))), "Absorbed", empty="no haul is waiting")


def match(context: typer.Context) -> None:
    """Score what is new against every active need."""
    from watch.match import match as match_new  # noqa: PLC0415 - spaCy takes seconds to import

    table(report.matched_table(match_new(house_of(context))), "Matched")


def sources(context: typer.Context, json_wanted: Json = False) -> None:
    """Every source with its health, worst first; `varde source list` has what does not change."""
    rows = report.sources_table(house_of(context))
    if json_wanted:
        as_json(rows)
        return
    table([{name: row[name] for name in ("source", *HEALTH)} for row in rows], "Sources")


def incidents(context: typer.Context, json_wanted: Json = False) -> None:
    """Trouble, worst first: what, where, since when, how often."""
    rows = report.incidents_table(report.read_incidents(house_of(context)))
    show(rows, "Incidents", json_wanted=json_wanted, empty="no trouble")
