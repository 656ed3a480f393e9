"""Verbs on what sources are made of: source list, check, new, audit, docs; record."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from varde.door import house_of
from varde.show import as_json, say, show, table
from watch import report, sourcing

Name = Annotated[str, typer.Argument(metavar="NAME", help="The source: the name of its file.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts.")]

verbs = typer.Typer(no_args_is_help=True, help="Sources themselves: list, check, begin, audit and document them.")


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(verbs, name="source")
    app.command()(record)


@verbs.command("list")
def list_sources(context: typer.Context, json_wanted: Json = False) -> None:
    """Every source with its kind, cadence, keys and licence."""
    show(sourcing.list_table(house_of(context)), "Sources", json_wanted=json_wanted)


@verbs.command()
def check(name: Name) -> None:
    """Say what a source lacks: facts, wording, recordings, golden files, its place in the docs."""
    lacking = sourcing.check(name)
    for line in lacking:
        say(line, "yellow")
    if lacking:
        raise typer.Exit(1)
    say(f"{name} lacks nothing")


@verbs.command()
def new(name: Name, kind: Annotated[str, typer.Option(help="feed, json_api, listing or xml_dump.")]) -> None:
    """Begin a source: a file with facts to fill in, and a recording."""
    written = sourcing.new(name, kind)
    for path in written:
        say(f"wrote {path}")
    say("Now, in this order:")
    say(
        f"1. fill in the facts in {written[0].name}; until all are stated the other verbs stop and name what is missing"
    )
    say("2. put the publisher's shape into the recordings (invent the content) and read it in the source")
    say("3. make test T=tests/test_spiders_sources.py writes the golden files and fails; read them; run it again")
    say("4. varde source docs > docs/sources.md")
    say(f"5. varde source check {name}")


@verbs.command()
def audit(
    context: typer.Context,
    place: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with a folder of real payloads per source.")],
    json_wanted: Json = False,
) -> None:
    """What sources make of real payloads: items, filled fields, fields left over, failures with reasons."""
    found = sourcing.audit(house_of(context), place)
    if json_wanted:
        as_json(sourcing.audit_json(found))
        return
    table(sourcing.audit_table(found), f"Audit of {place}", empty="no folder in it")
    table(sourcing.filled_table(found), "Items of a hundred that hold a field")
    table(sourcing.failures_table(found), "Failures")


@verbs.command()
def docs() -> None:
    """Print docs/sources.md, written from the classes."""
    sys.stdout.write(sourcing.docs())


def record(
    context: typer.Context,
    name: Name,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="An empty folder, or one that is not there yet.")],
    mirror: Annotated[str | None, typer.Option(help="Address asked instead of the publisher's own.")] = None,
) -> None:
    """Crawl a source and keep what the publisher sent, to be played back with `collect --replay DIR`."""
    house = house_of(context)
    haul = sourcing.record(house, name, to, mirror)
    table(report.hauls_table([haul]), "Recorded")
    for incident in haul.incidents:
        say(
            f"{incident.level}: {incident.message} ({', '.join(f'{k}: {v}' for k, v in incident.facts.items())})",
            "yellow",
        )
    say(f"play it back: varde --now {haul.started_at:%Y-%m-%dT%H:%M:%SZ} collect {name} --replay {to}")
    say("what a publisher sent is not ours to pass on: keep it out of git", "yellow")
    if haul.state == "failed":
        raise typer.Exit(1)
