"""Verb on needs before they stand: need propose."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from varde.collecting import Json
from varde.door import house_of
from varde.show import as_json, say, table, working

if TYPE_CHECKING:
    from watch.proposals import ClassProposal, Proposals, TermProposal

need = typer.Typer(no_args_is_help=True, help="Needs: what could be said of one.")
_WHY = {
    "title": "in the title",
    "often": "said {note} times",
    "abbreviation": "abbreviation {note}",
    "rare": "rare among what is stored",
    "unknown": "not met among what is stored",
    "near": "in {note} of the nearest items",
}


def add_to(app: typer.Typer) -> None:
    """Register this verb."""
    app.add_typer(need, name="need")


@need.command("propose")
def propose(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="COMPANY/NEED|FILE", help="A need, or a plain description as text.")],
    language: Annotated[str | None, typer.Option(help="Of a file, such as nb; guessed if not given.")] = None,
    json_wanted: Json = False,
) -> None:
    """Propose terms, CPC classes and TRL for a need, and tell what it would have found; nothing is changed."""
    from watch.descriptions import need_of  # noqa: PLC0415 - numpy and numba take a while to import
    from watch.proposals import propose as work_out  # noqa: PLC0415 - the same

    house = house_of(context)
    company_key, chosen = need_of(house, target, language)
    with working("proposals") as step:
        found = work_out(house, company_key, chosen, step)
    if json_wanted:
        as_json(_document(found))
        return
    _show(found)


def _show(found: "Proposals") -> None:
    table([_term(one) for one in found.terms], "Terms", empty="none stands out")
    table([_class(one) for one in found.classes], "CPC classes", empty="nothing tells")
    say(_classes_by(found))
    for name, guess in (("now", found.maturity.now), ("wanted", found.maturity.target)):
        say(
            f"TRL {name}: {guess.level}, as it says: {guess.quote}"
            if guess
            else f"TRL {name}: the description tells none"
        )
    trial = found.trial
    rows = [
        {"fit": f"{h.fit:.2f}", "": "flagged" if h.is_flagged else "", "title": h.item.title, "source": h.item.source}
        for h in trial.hits
    ]
    table(rows, "Last 30 days", empty="it would have found nothing")
    say(f"{trial.examined} items of the last 30 days examined, {trial.flagged} flagged; nothing was changed")


def _classes_by(found: "Proposals") -> str:
    if found.classes_by is None:
        return (
            f"from the {found.nearest} nearest patents alone; no model of classes is trained (`varde classes --train`)"
        )
    name, first = found.classes_by
    return f"probability by {name}, whose first class was right for {first:.0%} of patents it had not seen"


def _term(one: "TermProposal") -> dict[str, str]:
    return {
        "term": one.text,
        "weight": f"{one.weight:.2f}",
        "would flag": str(one.flags),
        "why": "; ".join(_WHY[why.kind].format(note=why.note).strip() for why in one.why),
    }


def _class(one: "ClassProposal") -> dict[str, str]:
    return {
        "class": one.code,
        "probability": "" if one.probability is None else f"{one.probability:.2f}",
        "nearest patents": str(one.carried),
        "such as": "; ".join(one.patents[:2]),
    }


def _document(found: "Proposals") -> dict[str, Any]:
    levels = {"now": found.maturity.now, "target": found.maturity.target}
    trial = found.trial
    return {
        "need": found.need.id,
        "terms": [{**one._asdict(), "why": [why._asdict() for why in one.why]} for one in found.terms],
        "classes": [one._asdict() for one in found.classes],
        "classes_by": found.classes_by,
        "trl": {name: guess._asdict() if guess else None for name, guess in levels.items()},
        "examined": trial.examined,
        "flagged": trial.flagged,
        "hits": [
            {
                "fit": h.fit,
                "is_flagged": h.is_flagged,
                "title": h.item.title,
                "source": h.item.source,
                "url": h.item.url,
            }
            for h in trial.hits
        ],
    }
