"""Verbs on learning: screen --documents … --topics … --qrels … --output …, learning."""

from pathlib import Path
from typing import Annotated

import typer

from varde.collecting import Json
from varde.door import house_of
from varde.show import say, show, working

_Input = typer.Option(exists=True, dir_okay=False, help="JSON lines, plain or .gz: id, title, text (or description).")


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("screen")(screen)
    app.command("learning")(learning)


def screen(
    documents: Annotated[Path, _Input],
    topics: Annotated[Path, _Input],
    qrels: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="topic, document, label; tab-separated.")],
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where the order goes: topic, document; tab-separated.")],
    batch: Annotated[int, typer.Option(min=1, help="Most documents shown before the model learns again.")] = 10,
    calibration: Annotated[bool, typer.Option(help="Also check the probabilities after 100 decisions.")] = False,
) -> None:
    """Simulate a broker who reads until everything good is found; the model learns only from what was shown."""
    from watch.screening import write_order  # noqa: PLC0415 - scikit-learn and numba take a while to import

    with working("screen") as step:
        done = write_order(documents, topics, qrels, output, batch, calibration, step)
    say(f"{done.topics} topics: {done.found} good among {done.shown} shown, in {output} ({done.model_version})")
    if calibration:
        show(done.calibration, "Probabilities after 100 decisions, on all undecided", json_wanted=False)


def learning(context: typer.Context, json_wanted: Json = False) -> None:
    """Learn from the decisions that stand, flag anew, and say what learning is worth on every need."""
    from watch.learning import learn_and_flag, learning_table  # noqa: PLC0415 - scikit-learn takes a while to import

    with working("learning from decisions"):
        worked = learn_and_flag(house_of(context))
    show(learning_table(worked), "Learning", json_wanted=json_wanted, empty="no need is watched")
    off = [key for key, learnt in worked.needs.items() if learnt.state == "off"]
    if off and not json_wanted:
        say(f"switched off where it was worse than unlearned: {', '.join(off)}")
