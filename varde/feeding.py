"""Verbs on the feed list: feeds import."""

from pathlib import Path
from typing import Annotated

import typer

from varde.door import house_of
from varde.show import say
from watch.feeding import import_feeds

_SHOWN = 20
feeds = typer.Typer(no_args_is_help=True, help="The list of feeds: import.")


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(feeds, name="feeds")


@feeds.command("import")
def import_opml(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="As your feed reader exports it.")],
    to: Annotated[Path | None, typer.Option(help="The list to add to [VARDE_FEEDS, else feeds.yaml].")] = None,
) -> None:
    """Add the feeds of an OPML file to the feed list; each waits until its licence and terms are filled in."""
    done = import_feeds(house_of(context), file, to)
    for why in done.left_out[:_SHOWN]:
        say(f"left out: {why}", "yellow")
    if len(done.left_out) > _SHOWN:
        say(f"left out: {len(done.left_out) - _SHOWN} more", "yellow")
    say(f"{done.path}: {len(done.added)} feeds added, {len(done.left_out)} left out")
    if done.added:
        say("None starts before its licence and terms are filled in; look them up on its page.")
    else:
        raise typer.Exit(1)
