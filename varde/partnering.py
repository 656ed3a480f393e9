"""Verbs on organisations and partners: organisations resolve, partners NEED."""

from pathlib import Path
from typing import Annotated

import typer

from varde.door import house_of
from varde.show import as_json, say, show, working

verbs = typer.Typer(no_args_is_help=True, help="Organisations: which one a printed name means.")


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(verbs, name="organisations")
    app.command()(partners)


@verbs.callback()
def _group() -> None:
    """Keep `resolve` a verb of its own."""


@verbs.command()
def resolve(
    context: typer.Context,
    strings: Annotated[
        Path, typer.Option(help="Names or affiliations, one a line, or JSON: [{affiliation, ror_ids}].")
    ],
    register: Annotated[
        list[str] | None,
        typer.Option(help="SOURCE=FILE, such as ror=dump.zip; again for more. Else what the warehouse holds."),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where the answers go, as JSON lines.")] = None,
    audit: Annotated[
        bool, typer.Option("--audit", help="Print precision and recall; the file must state ids.")
    ] = False,
    json_wanted: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Say which organisation each string names, with a score, or why it stays unresolved."""
    from watch import resolving  # noqa: PLC0415 - the register's sources take a while to import

    with working("reading the register"):
        known, asked = resolving.organisations_of(house_of(context), register or []), resolving.read_asked(strings)
    with working(f"resolving {len(asked)} strings"):
        told = resolving.resolve(known, asked)
    if output is not None:
        lines = (resolving.line_of(one, resolutions) for one, resolutions in zip(asked, told, strict=True))
        output.write_text("".join(lines), "utf-8")
    found = resolving.audit(known, asked, told)
    counted = {
        "register": str(len(known)),
        "strings": str(found.strings),
        "resolved": str(sum(any(r.organisation_key for r in one) for one in told)),
    }
    if audit:
        counted |= {
            "stated": str(found.stated),
            "in register": str(found.known),
            "said": str(found.found),
            "right": str(found.right),
            "precision": f"{found.precision:.3f}",
            "recall": f"{found.recall:.3f}",
        }
    show([counted], "Resolved", json_wanted=json_wanted)


def partners(
    context: typer.Context,
    need: Annotated[str, typer.Argument(metavar="NEED", help="The need's key: company/need.")],
    call: Annotated[str | None, typer.Option(help="A call's item key; its words and country rules count too.")] = None,
    most: Annotated[int, typer.Option(help="How many partners.", min=1, max=100)] = 10,
    json_wanted: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Rank organisations that could be partners for a need, from projects, papers and patents, with evidence."""
    from watch import partners as use  # noqa: PLC0415 - numpy takes a while to import

    with working("reading projects, papers and patents"):
        found = use.partners(house_of(context), need, call, most)
    if json_wanted:
        as_json([one.model_dump(mode="json") for one in found])
        return
    show(use.partner_rows(found), f"Partners for {need}", json_wanted=False, empty="none; collect cordis, ror, … first")
    if found:
        show(use.evidence_rows(found), "Evidence, newest first", json_wanted=False)
    say("Web pages of organisations only; people are not stored.")
