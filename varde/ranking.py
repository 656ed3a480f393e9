"""Verbs on labelled sets: rank --documents … --topics … --output …, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

from varde.show import say, working

_Input = typer.Option(
    exists=True, dir_okay=False, help="JSON lines, plain or .gz: id, title, text; see docs/matching.md."
)


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("rank")(rank)


def rank(
    documents: Annotated[Path, _Input],
    topics: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="JSON lines: id, title, description, one need each.")
    ],
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where the TREC run goes, tab-separated.")],
    task: Annotated[str, typer.Option(help="What is ranked: need, call or partner.")] = "need",
) -> None:
    """Rank the documents of a file for every topic of a file, at most 1 000 each; no store is touched."""
    from watch.ranking import write_run  # noqa: PLC0415 - numpy and spaCy take a while to import

    with working("rank") as step:
        run = write_run(documents, topics, output, task, step)
    say(f"{run.topics} topics, {run.documents} documents: {run.lines} lines in {output} ({run.model_version})")
