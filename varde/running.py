"""Verbs that do much at once: week, housekeeping, demo."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from terms.haul import Haul
from varde.collecting import Names
from varde.door import house_of
from varde.show import err, say, table, working
from watch import report
from watch.collect import run_key
from watch.housekeeping import keep_house
from watch.snapshot import snapshot as take_snapshot


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    for verb in (week, housekeeping, rebuild, snapshot, demo):
        app.command()(verb)


def week(
    context: typer.Context,
    names: Names = None,
    replay: Annotated[Path | None, typer.Option(help="Recorded answers instead of the network.")] = None,
) -> None:
    """The whole path without a server: need maps, collect, absorb, match, draft, deliver what is approved."""
    from watch.week import Watcher  # noqa: PLC0415 - spaCy takes seconds to import
    from watch.week import week as run_week  # noqa: PLC0415
    from watch.written import write_week  # noqa: PLC0415

    house = house_of(context, replay=replay)
    with working("starting") as tell:

        def told(haul: Haul) -> None:
            err.print(f"  {haul.source}: {haul.state}, {haul.counts.get('items', 0)} items")

        done = run_week(house, names or (), Watcher(on_step=tell, on_haul=told))
    table(report.hauls_table(done.hauls), "Collected", empty="no source is due; name one to ask it all the same")
    table(report.loads_table(done.loads), "Absorbed", empty="nothing new")
    table(report.matched_table(done.matched), "Matched")
    table(report.drafts_table(done.drafts), "Digests")
    if done.closing:
        table(report.closing_table(done.closing), "Closes before the next digest")
    table(report.delivered_table(done.delivered), "Outbox")
    for hint in done.imported.hints:
        say(f"hint: {hint}", "yellow")
    say(f"report: {write_week(house, run_key(house), done)}")
    say("Next: `varde queue`, `varde decide`, `varde digest draft`, `varde digest approve`, `varde deliver`")
    if done.is_useless or done.delivered.trouble or done.delivered.is_useless:
        raise typer.Exit(1)


def housekeeping(context: typer.Context) -> None:
    """Recover the warehouse, back the ledger up, pack old absorbed hauls."""
    kept = keep_house(house_of(context))
    say(f"backup: {kept.backup or 'use pg_dump for a PostgreSQL ledger'}")
    say(f"packed {kept.hauls_packed} old hauls, removed {kept.backups_removed} old backups")
    say(f"classes: {kept.classes}")


def rebuild(
    context: typer.Context,
    even_if_less: Annotated[
        bool, typer.Option("--even-if-less", help="Also where hauls are gone, so that items would be missing.")
    ] = False,
) -> None:
    """Build the warehouse anew from the hauls that crawls left, compare, and put it in the place of the old one."""
    from watch.rebuild import rebuild as build_anew  # noqa: PLC0415 - spaCy takes seconds to import

    house = house_of(context)
    with working("rebuilding") as tell:
        done = build_anew(house, even_if_less=even_if_less, on_step=tell)
    say(f"{done.hauls} hauls absorbed: {done.after} items, before {done.before}; matched anew")


def snapshot(
    context: typer.Context, full: Annotated[bool, typer.Option("--full", help="Every fact, a line each.")] = False
) -> None:
    """A fingerprint of what both stores hold; the same before a backup and after its restore."""
    lines = take_snapshot(house_of(context))
    if full:
        typer.echo("\n".join(lines))
    else:
        fingerprint = sha256("\n".join(lines).encode()).hexdigest()
        typer.echo(f"{fingerprint}  {len(lines)} facts")


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo lives; started anew each time.")] = Path("var/demo"),
) -> None:
    """An invented week through the real path: crawl, match, a scripted broker, mails over real SMTP."""
    from varde.demo.play import play  # noqa: PLC0415 - spaCy takes seconds to import

    play(folder)
