"""Verbs on twins: twins --records … --output …, twins split ITEM."""

from pathlib import Path
from typing import Annotated

import typer

from varde.door import house_of
from varde.show import say

twins = typer.Typer(invoke_without_command=True, help="Items that are one thing: find them in a file, split them here.")


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(twins, name="twins")


@twins.callback()
def find(
    context: typer.Context,
    records: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="JSON lines, plain or .gz: id, title, authors …")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where the pairs go, `id<TAB>id` a line.")] = None,
) -> None:
    """Write which records of a file are one thing."""
    if context.invoked_subcommand is not None:
        return
    if records is None or output is None:
        raise typer.BadParameter("give both --records FILE and --output PAIRS, or `varde twins split ITEM`")
    from watch.pairs import write_pairs  # noqa: PLC0415 - numpy takes a while to import

    found = write_pairs(records, output)
    say(f"{found.records} records: {found.groups} groups of twins, {found.pairs} pairs in {output}")


@twins.command("split")
def split(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="The item's key, such as arxiv:2611.00001.")],
    broker: Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Who says so [VARDE_BROKER].")],
) -> None:
    """Take an item out of its cluster for good: no later join brings it back."""
    from watch.twins import split as split_item  # noqa: PLC0415 - numpy takes a while to import

    done = split_item(house_of(context), item, broker=broker)
    say(f"{done.item_key} ({done.title}) stands alone now; it was one with {', '.join(done.left)}")
    say("Next: `varde match` scores both anew")
