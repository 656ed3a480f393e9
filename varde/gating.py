"""Verbs on eligibility: gate, aid."""

from datetime import datetime
from typing import Annotated

import typer

from terms.aid import Aid
from terms.gate import Gate, Verdict
from varde.collecting import Json
from varde.door import house_of
from varde.show import as_json, say, show
from watch import gate as gates

aid = typer.Typer(no_args_is_help=True, help="De minimis aid of three years, per company.")
_STYLE = {"eligible": "green", "not eligible": "red", "unknown": "yellow"}


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("gate")(gate)
    app.add_typer(aid, name="aid")


def gate(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The ref of a call, as `varde queue` shows it.")],
    json_wanted: Json = False,
) -> None:
    """May the company apply? Per criterion eligible, not eligible or unknown, with the sentence that says so."""
    item, found = gates.gate_by_ref(house_of(context), ref)
    if json_wanted:
        as_json({"ref": ref.upper(), "title": item.title, "outcome": found.outcome, **found.model_dump(mode="json")})
        return
    rows = [_row(verdict) for verdict in found.verdicts]
    show(rows, item.title, json_wanted=False)
    say(f"{ref.upper()}: {_whole(found)}", _STYLE[found.outcome])


def _whole(found: Gate) -> str:
    """The outcome in words; what is unknown is named, since a broker has to ask for it."""
    asked = [v.criterion for v in found.verdicts if v.outcome == found.outcome]
    return found.outcome if found.outcome == "eligible" else f"{found.outcome} ({', '.join(asked)})"


def _row(verdict: Verdict) -> dict[str, str]:
    quote = verdict.quote
    return {
        "criterion": verdict.criterion,
        "outcome": verdict.outcome,
        "because": verdict.because + (f" [{verdict.table}]" if verdict.table else ""),
        "quoted": f"{quote.field}: {quote.text}" if quote else "",
    }


@aid.command("add")
def add_aid(
    context: typer.Context,
    company: Annotated[str, typer.Argument(metavar="COMPANY")],
    amount: Annotated[int, typer.Option("--eur", help="Euro; negative takes a mistake back.")],
    granted: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="Day it was granted.")],
    giver: Annotated[str, typer.Option("--from", help="Who gave it.")],
    broker: Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Who was told [VARDE_BROKER].")],
) -> None:
    """Note de minimis aid that a company has received; the gate counts three years."""
    total = gates.add_aid(house_of(context), Aid(company, granted.date(), amount, giver), broker)
    say(f"{company}: {total:,} euro of de minimis aid in three years")


@aid.command("list")
def list_aid(
    context: typer.Context,
    company: Annotated[str, typer.Argument(metavar="COMPANY")],
    json_wanted: Json = False,
) -> None:
    """What is on record for one company."""
    rows = [{"granted": str(r.granted_on), "eur": str(r.amount_eur), "from": r.giver} for r in _read(context, company)]
    show(rows, "De minimis aid", json_wanted=json_wanted, empty="nothing on record; state aid stays unknown")


def _read(context: typer.Context, company: str) -> list[Aid]:
    return gates.list_aid(house_of(context), company)
