"""Verbs on labelled sets: rank --documents … --topics … --output …, evaluate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from varde.collecting import Json
from varde.show import say, show, working

if TYPE_CHECKING:
    from watch.evaluating import Row

_Input = typer.Option(
    exists=True, dir_okay=False, help="JSON lines, plain or .gz: id, title, text; see docs/matching.md."
)


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("rank")(rank)
    app.command("evaluate")(evaluate)


def rank(
    documents: Annotated[Path, _Input],
    topics: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="JSON lines: id, title, description, one need each.")
    ],
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where the TREC run goes, tab-separated.")],
    task: Annotated[str, typer.Option(help="What is ranked: need, call or partner.")] = "need",
    rerank: Annotated[
        bool,
        typer.Option("--rerank", help="Order each topic's best 100 anew by all-MiniLM-L6-v2 (extra `rerank`); slow."),
    ] = False,
) -> None:
    """Rank the documents of a file for every topic of a file, at most 1 000 each; no store is touched."""
    from watch.ranking import write_run  # noqa: PLC0415 - numpy and spaCy take a while to import

    with working("rank") as step:
        run = write_run(documents, topics, output, task, step, rerank=rerank)
    say(f"{run.topics} topics, {run.documents} documents: {run.lines} lines in {output} ({run.model_version})")


def evaluate(
    sets: Annotated[Path, typer.Option(file_okay=False, help="Folder of the labelled sets.")] = Path(
        "../shared/data/eval"
    ),
    only: Annotated[list[str] | None, typer.Option(help="Only this set; may be given several times.")] = None,
    json_wanted: Json = False,
) -> None:
    """Run the matcher on every labelled set and show it beside the baselines; takes some minutes."""
    from watch.evaluating import evaluate as run_all  # noqa: PLC0415 - numpy and spaCy take a while to import
    from watch.evaluating import mean_ratio  # noqa: PLC0415 - the same

    with working("evaluate") as step:
        rows = list(run_all(sets, only or (), step))
    show([_line(row) for row in rows], "Labelled sets", json_wanted=json_wanted, empty="no such set")
    if json_wanted:
        return
    ratio = mean_ratio(rows)
    if ratio is not None:
        say(f"zero-shot, mean of the three ratios to BM25: {ratio:.3f} (target 1.10, aim 1.20)")
    missing = sorted({row.goal.folder for row in rows if row.value is None})
    if missing:
        say(f"skipped, as {sets} does not hold them: {', '.join(missing)}", style="yellow")


def _line(row: "Row") -> dict[str, str]:
    goal = row.goal
    reached = "skipped" if row.value is None else "yes" if row.is_reached else "no"
    return {
        "set": goal.folder + (" (French)" if goal.topics == "topics_fr.jsonl" else ""),
        "task": goal.task,
        "measure": goal.measure,
        "baseline": f"{goal.peer:.3f}",
        "target": f"{goal.target:.3f}",
        "varde": "" if row.value is None else f"{row.value:.3f}",
        "reached": reached,
    }
