"""Verbs on project suggestions: projects, project."""

from pathlib import Path
from typing import Annotated

import typer

from varde.collecting import Json
from varde.door import house_of
from varde.show import as_json, say, show, table
from watch import project as pages
from watch.handover import project_sheet, write_docx, write_pdf


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("projects")(projects)
    app.command("project")(project)


def projects(
    context: typer.Context,
    company: Annotated[str, typer.Argument(metavar="COMPANY")],
    json_wanted: Json = False,
) -> None:
    """Calls that a company could apply to, most worth first: fit, gate, money, time left, effort, novelty."""
    rows = [
        {
            "ref": one.ref,
            "need": one.need_key,
            "worth": f"{one.worth:.2f}",
            "gate": one.gate.outcome,
            "deadline": one.deadline,
            "title": one.title,
        }
        for one in pages.rank_projects(house_of(context), company)
    ]
    show(rows, "Projects", json_wanted=json_wanted, empty="no open call is flagged for this company")


def project(
    context: typer.Context,
    need: Annotated[str, typer.Argument(help="COMPANY/NEED, as `varde company list` shows it.")],
    call: Annotated[str, typer.Argument(help="The call's ref in `varde queue`, or its item key.")],
    docx: Annotated[Path | None, typer.Option(help="Write the page as DOCX, to edit.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write the page as PDF.")] = None,
    language: Annotated[str | None, typer.Option(help="en or nb [the company's first].")] = None,
    json_wanted: Json = False,
) -> None:
    """One page: need, call, gate, evidence, partners and the way to the deadline, each on a quoted source."""
    house = house_of(context)
    page = pages.project_page(house, need, call)
    if json_wanted:
        as_json(page.model_dump(mode="json"))
        return
    sheet = project_sheet(house, page, language)
    for path, write in ((docx, write_docx), (pdf, write_pdf)):
        if path:
            write(sheet, page, path)
            say(f"wrote {path}")
    if not (docx or pdf):
        say(f"{sheet.title}\n{sheet.subtitle}", "bold")
        table([{"": name, " ": value} for name, value in sheet.facts], sheet.kicker)
        for block in sheet.blocks:
            say(f"\n{block.heading}", "bold")
            for row in block.rows:
                say("  " + " | ".join(filter(None, row)))
            for entry in block.entries:
                say("  " + "  ".join(filter(None, (entry.head, entry.tail, entry.quote, entry.link))))
            if block.sentence:
                say(f"  {block.sentence}")
        say(f"\n{sheet.foot}")
