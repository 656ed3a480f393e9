"""Verbs on what became of items: outcome."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, get_args

import typer

from terms.outcome import Ending, OutcomeVerb
from varde.collecting import Json
from varde.door import house_of
from varde.show import say, show
from watch import outcomes
from watch.joint import broker_scope

outcome = typer.Typer(no_args_is_help=True, help="What became of an item: conversation, idea, application, result.")
Verbs = StrEnum("Verbs", {verb: verb for verb in get_args(OutcomeVerb)})  # type: ignore[misc]
Endings = StrEnum("Endings", {ending: ending for ending in get_args(Ending)})  # type: ignore[misc]
Login = Annotated[
    str | None, typer.Option("--as", metavar="LOGIN", help="See what this broker may see [the whole house].")
]


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(outcome, name="outcome")


@outcome.command()
def add(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The ref of an item, as queue and digest show it.")],
    step: Annotated[Verbs, typer.Argument(help="What happened; undo takes the last one back.")],
    broker: Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Who notes it [VARDE_BROKER].")],
    happened: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="When [today].")] = None,
    ending: Annotated[Endings | None, typer.Option(help="Of a result.")] = None,
    amount: Annotated[int | None, typer.Option("--eur", help="Euro applied for, or granted.")] = None,
    note: Annotated[str, typer.Option(help="A note for colleagues.")] = "",
    login: Login = None,
) -> None:
    """Note one step; steps are only ever added."""
    house = house_of(context)
    made = outcomes.add_outcome(
        house,
        broker_scope(house, login),
        ref,
        step,  # type: ignore[arg-type]
        who=broker,
        happened_on=happened.date() if happened else None,
        ending=ending,  # type: ignore[arg-type]
        amount_eur=amount,
        note=note,
    )
    say(f"{made.ref} {made.verb}: {made.title} (for {made.need_key})")


@outcome.command("list")
def list_outcomes(
    context: typer.Context,
    company: Annotated[str | None, typer.Argument(metavar="COMPANY", help="One company only.")] = None,
    login: Login = None,
    json_wanted: Json = False,
) -> None:
    """Every step that stands, in the order it happened, and how many items got how far."""
    house = house_of(context)
    found = outcomes.list_outcomes(house, broker_scope(house, login), company)
    rows = [
        {
            "on": str(one.happened_on),
            "ref": one.ref,
            "need": one.need_key,
            "step": one.verb + (f" ({one.ending})" if one.ending else ""),
            "eur": "" if one.amount_eur is None else str(one.amount_eur),
            "title": one.title,
            "note": one.note,
            "broker": one.who,
        }
        for one in found
    ]
    show(rows, "Outcomes", json_wanted=json_wanted, empty="nothing is noted; `varde outcome add REF conversation`")
    if rows and not json_wanted:
        say(", ".join(f"{step}: {count}" for step, count in outcomes.count_steps(found).items()))
