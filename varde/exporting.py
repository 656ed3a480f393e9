"""Verbs that hand things to other programs: export evidence, feed."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from varde.door import house_of
from varde.show import say
from watch import evidence as exporting
from watch import feed as feeding

export = typer.Typer(no_args_is_help=True, help="For other programs: the evidence a company was told.")
Company = Annotated[str, typer.Argument(metavar="COMPANY")]


class Format(StrEnum):
    """How to write evidence."""

    csv = "csv"
    json = "json"
    ris = "ris"
    bib = "bib"


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(export, name="export")
    app.command("feed")(feed)


@export.command("evidence")
def evidence(
    context: typer.Context,
    company: Company,
    form: Annotated[Format, typer.Option("--format", help="csv, json, ris or bib.")] = Format.csv,
    to: Annotated[Path | None, typer.Option(help="Write here instead of to the screen.")] = None,
) -> None:
    """Every line that digests told a company, once, newest first."""
    written = exporting.export_evidence(house_of(context), company, form.value)
    if to is None:
        typer.echo(written, nl=False)
    else:
        to.write_text(written, encoding="utf-8", newline="")
        say(f"wrote {to}")


def feed(context: typer.Context, company: Company) -> None:
    """The secret addresses of a company's feed, Atom and JSON; `varde links revoke COMPANY` ends both."""
    for address in feeding.addresses_of(house_of(context), company) or ("set VARDE_PUBLIC_URL",):
        say(address)
