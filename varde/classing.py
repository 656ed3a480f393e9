"""Verb on classes: classes [ITEM …] [--train]."""

from typing import TYPE_CHECKING, Annotated

import typer

from varde.collecting import Json
from varde.door import house_of
from varde.show import say, show, working

if TYPE_CHECKING:
    from watch.classes import Standing


def add_to(app: typer.Typer) -> None:
    """Register this verb."""
    app.command("classes")(classes)


def classes(
    context: typer.Context,
    items: Annotated[list[str] | None, typer.Argument(help="Keys of stored items, such as arxiv:2611.00001.")] = None,
    train: Annotated[bool, typer.Option("--train", help="Learn from the stored patents now.")] = False,
    json_wanted: Json = False,
) -> None:
    """Show the model that gives CPC subclasses to texts without any, or what it says of stored items."""
    from watch.classes import predicted_classes, standing_classes, train_classes  # noqa: PLC0415 - numpy takes a while

    house = house_of(context)
    if train:
        with working("learning classes") as step:
            train_classes(house, step)
    if items:
        found = predicted_classes(house, items)
        rows = [
            {"item": key, "class": p.code, "probability": f"{p.probability:.2f}"} for key in items for p in found[key]
        ]
        show(rows, "Predicted classes", json_wanted=json_wanted, empty="no class is likely")
        return
    standing = standing_classes(house)
    show(_told(standing), "Classes", json_wanted=json_wanted, empty="none learned yet; --train learns them")
    if standing and not json_wanted:
        say("what it says is proposed to brokers; it changes no score")


def _told(standing: "Standing | None") -> list[dict[str, str]]:
    if standing is None:
        return []
    model, worth = standing.model, standing.model.held_out
    return [
        {
            "model": model.model_version,
            "trained": f"{standing.trained_at:%Y-%m-%d}",
            "patents": str(model.patents),
            "classes": str(len(model.classes)),
            "held out": str(worth.patents),
            "first is right": f"{worth.first:.2f}",
            "said with .5 or more": str(worth.likely),
            "of those right": f"{worth.likely_right:.2f}",
        }
    ]
