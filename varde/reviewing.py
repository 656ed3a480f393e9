"""Verbs of a broker: queue, decide, explain."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, get_args

import typer

from terms.decision import Decision, Opportunity, RejectReason, Verb
from terms.item import next_deadline, status_of
from varde.collecting import Json
from varde.door import house_of
from varde.show import as_json, out, say, show
from watch import review
from watch.explain import explain as explain_line
from watch.house import House

Verbs = StrEnum("Verbs", {verb: verb for verb in get_args(Verb)})  # type: ignore[misc]
Reasons = StrEnum("Reasons", {reason: reason for reason in get_args(RejectReason)})  # type: ignore[misc]


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    for verb in (queue, decide, explain):
        app.command()(verb)


def queue(
    context: typer.Context,
    company: Annotated[str | None, typer.Option(help="One company's opportunities only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows to show.")] = 30,
    json_wanted: Json = False,
) -> None:
    """Opportunities that wait for a decision, best fit first."""
    house = house_of(context)
    found = review.queue(house, company)
    rows = [_row(opportunity, house.clock(), found.changed) for opportunity in found.waiting[:limit]]
    show(rows, "Queue", json_wanted=json_wanted, empty="nothing waits for a decision")
    if not json_wanted:
        more = f", {len(found.waiting) - limit} more below" if len(found.waiting) > limit else ""
        say(f"{len(found.waiting)} wait{more}; {found.decided} decided; {found.closed} closed calls left out")


def decide(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The ref of an opportunity, as `varde queue` shows it.")],
    verb: Annotated[Verbs, typer.Argument(help="What you decide; undo takes the last one back.")],
    broker: Annotated[str, typer.Option(envvar="VARDE_BROKER", help="Who decides [VARDE_BROKER].")],
    reason: Annotated[Reasons | None, typer.Option(help="Why it is rejected.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When to show it again (later).")] = None,
    note: Annotated[str | None, typer.Option(help="A note for colleagues.")] = None,
) -> None:
    """Accept, reject, put off or mark as duplicate; decisions are only ever added."""
    house = house_of(context)
    opportunity = review.find_opportunity(house, ref)
    made = _decide(house, opportunity, verb, broker, reason, until.date() if until else None, note)
    say(f"{ref.upper()} {made.verb}: {opportunity.item.title} (for {made.need_key} version {made.need_version})")


def _decide(
    house: House,
    opportunity: Opportunity,
    verb: str,
    broker: str,
    reason: str | None,
    until: date | None,
    note: str | None,
) -> Decision:
    return review.decide(
        house,
        opportunity,
        verb,  # type: ignore[arg-type]
        broker=broker,
        reason=reason,  # type: ignore[arg-type]
        until=until,
        note=note,
    )


def explain(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The ref at the end of any line of a digest, or of the queue.")],
    json_wanted: Json = False,
) -> None:
    """Walk a line back to the bytes: mail > digest > decision > match > item > capture > source."""
    chains = explain_line(house_of(context), ref)
    if json_wanted:
        as_json([[{"hop": hop.name, **hop.facts} for hop in chain] for chain in chains])
        return
    for chain in chains:
        for hop in chain:
            out.rule(hop.name, align="left")
            for name, value in hop.facts.items():
                say(f"  {name}: {value}")


def _row(opportunity: Opportunity, now: datetime, changed: dict[str, str]) -> dict[str, str]:
    item, match = opportunity.item, opportunity.match
    deadline = next_deadline(item.call, now)
    return {
        "ref": review.opportunity_ref(opportunity),
        "need": match.need_key,
        "fit": f"{match.fit:.2f}",
        "conf.": f"{match.confidence:.2f}",
        "kind": item.kind + (f" ({status_of(item.call, now)})" if item.call else ""),
        "deadline": f"{deadline:%Y-%m-%d}" if deadline else "",
        "title": item.title,
        "how": "exploration" if match.is_exploration else "learned" if match.is_learned else "",
        "changed": changed.get(review.opportunity_ref(opportunity), ""),
        "because": ", ".join(match.reasons.terms[:4]) + (f" [{match.reasons.rule}]" if match.reasons.rule else ""),
    }
