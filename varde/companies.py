"""Verbs on need maps: init, company."""

from pathlib import Path
from typing import Annotated

import typer

from terms.errors import VardeError
from varde.door import house_of
from varde.show import say, show
from watch import companies as watched
from watch.starting import starting_files

company = typer.Typer(no_args_is_help=True, help="Need maps: import, export, list.")


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("init")(init)
    app.add_typer(company, name="company")


def init(
    folder: Annotated[Path, typer.Argument(help="Where to start a house of your own.")] = Path(),
) -> None:
    """Write a first need map, a feed list and a settings file to edit; nothing that exists is touched."""
    fresh = {path: text for path, text in starting_files(folder).items() if not path.exists()}
    if not fresh:
        raise VardeError(f"{folder}: has all of them already; nothing was touched")
    for path, text in fresh.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        say(f"wrote {path}")
    say("Edit the need map and the contact in .env, then run: varde company import && varde week")


@company.command("import")
def import_maps(context: typer.Context) -> None:
    """Read the folder of need maps; refused whole when any file is bad, naming file, line and field."""
    done = watched.import_maps(house_of(context))
    for version in done.versions:
        say(f"{version.need_key}: version {version.version}")
    for key in done.unwatched:
        say(f"{key}: has no map any more and is not watched from now on", "yellow")
    for hint in done.hints:
        say(f"hint: {hint}", "yellow")
    needs = sum(len(company.needs) for company in done.companies)
    say(f"companies: {len(done.companies)}, needs: {needs}, new versions: {len(done.versions)}")


@company.command("export")
def export_map(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="COMPANY")],
    to: Annotated[Path | None, typer.Option(help="File to write instead of printing.")] = None,
) -> None:
    """Write one company's need map as YAML; importing it again changes nothing."""
    text = watched.export_map(house_of(context), key)
    if to is None:
        typer.echo(text, nl=False)
    else:
        to.write_text(text, "utf-8")
        say(f"wrote {to}")


@company.command("list")
def list_companies(
    context: typer.Context, json_wanted: Annotated[bool, typer.Option("--json", help="For scripts.")] = False
) -> None:
    """Companies with their broker, needs and coverage (P05)."""
    rows = watched.coverage_table(house_of(context))
    show(rows, "Needs", json_wanted=json_wanted, empty="no company yet; `varde init` writes a first need map")
