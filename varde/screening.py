"""Verb on labelled streams: screen --documents … --topics … --qrels … --output …."""

from pathlib import Path
from typing import Annotated

import typer

from varde.show import say, working

_Input = typer.Option(exists=True, dir_okay=False, help="JSON lines, plain or .gz: id, title, text (or description).")


def add_to(app: typer.Typer) -> None:
    """Register this verb."""
    app.command("screen")(screen)


def screen(
    documents: Annotated[Path, _Input],
    topics: Annotated[Path, _Input],
    qrels: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="topic, document, label; tab-separated.")],
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where the order goes: topic, document; tab-separated.")],
    batch: Annotated[int, typer.Option(min=1, help="Most documents shown before the model learns again.")] = 10,
) -> None:
    """Simulate a broker who reads until everything good is found; the model learns only from what was shown."""
    from watch.screening import write_order  # noqa: PLC0415 - scikit-learn and numba take a while to import

    with working("screen") as step:
        done = write_order(documents, topics, qrels, output, batch, step)
    say(f"{done.topics} topics: {done.found} good among {done.shown} shown, in {output} ({done.model_version})")
