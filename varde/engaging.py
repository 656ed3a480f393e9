"""Verbs on the eighteen months: engagement, network-report."""

from pathlib import Path
from typing import Annotated

import typer

from terms.halfyear import CompanyHalf, NetworkHalf
from varde.collecting import Json
from varde.door import house_of
from varde.show import as_json, say, table
from watch import engagement as engagements
from watch.engagement_files import report_of, write_report
from watch.engagement_network import network_half
from watch.house import House
from watch.joint import broker_scope

_BAR = 30  # characters of the longest bar
Half = Annotated[str | None, typer.Option(help="Such as 2026-H2 [the present one].")]
Pdf = Annotated[Path | None, typer.Option(help="Write the report as PDF, with its charts.")]
Language = Annotated[str | None, typer.Option(help="en or nb.")]
Login = Annotated[
    str | None, typer.Option("--as", metavar="LOGIN", help="See what this broker may see [the whole house].")
]


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("engagement")(engagement)
    app.command("network-report")(network)


def engagement(
    context: typer.Context,
    company: Annotated[str, typer.Argument(metavar="COMPANY")],
    half: Half = None,
    pdf: Pdf = None,
    language: Language = None,
    login: Login = None,
    json_wanted: Json = False,
) -> None:
    """Half a year of one company: phase, items told and accepted, and what became of them."""
    house = house_of(context)
    scope = broker_scope(house, login)
    _print(house, engagements.company_half(house, scope, company, half), pdf, language, json_wanted, scope.person.name)


def network(
    context: typer.Context,
    half: Half = None,
    pdf: Pdf = None,
    language: Language = None,
    login: Login = None,
    json_wanted: Json = False,
) -> None:
    """Half a year of all companies; figures that fewer than three of them stand behind are hidden."""
    house = house_of(context)
    scope = broker_scope(house, login)
    _print(house, network_half(house, scope, half), pdf, language, json_wanted, scope.person.name)


def _print(
    house: House, half: CompanyHalf | NetworkHalf, pdf: Path | None, language: str | None, json_wanted: bool, who: str
) -> None:
    if json_wanted:
        as_json(half.model_dump(mode="json"))
        return
    report = report_of(house, half, language)
    if pdf:
        write_report(house, report, half, pdf, who)
        say(f"wrote {pdf}")
        return
    say(f"{report.title}: {report.subtitle}", "bold")
    table([{"": name, " ": value} for name, value in report.facts], report.kicker)
    for chart in report.charts:
        say(f"\n{chart.heading}", "bold")
        wide = max((len(bar.label) for bar in chart.bars), default=0)
        for bar in chart.bars:
            say(f"  {bar.label:<{wide}}  {'█' * round(bar.share * _BAR)} {bar.shown}")
    for grid in report.grids:
        say(f"\n{grid.heading}", "bold")
        for row in (*((grid.columns,) if grid.columns and grid.rows else ()), *grid.rows):
            say("  " + " | ".join(row))
        if grid.sentence:
            say(f"  {grid.sentence}")
    say(f"\n{report.foot}")
