"""Verbs that say how right the gate is: gate-audit sentences, gate-audit recall."""

from pathlib import Path
from typing import Annotated

import typer

from terms.errors import VardeError
from varde.collecting import Json
from varde.show import say, show, working

verbs = typer.Typer(no_args_is_help=True, help="How right the gate is, on files labelled by hand.")


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.add_typer(verbs, name="gate-audit")


@verbs.command()
def sentences(
    file: Annotated[Path, typer.Argument(help="Labelled sentences, such as tests/recordings/gate/sentences.tsv.")],
    least: Annotated[float, typer.Option(help="Exit with 1 where 'not eligible' is right less often.")] = 0.0,
    json_wanted: Json = False,
) -> None:
    """Precision and recall of each outcome over labelled sentences, and every sentence that was read wrongly."""
    from watch import gate_audit  # noqa: PLC0415 - spaCy takes a while to import

    judged = gate_audit.judge(gate_audit.read_sentences(file))
    counted = gate_audit.figures(judged)
    show(
        [
            {
                "outcome": one.outcome,
                "said": str(one.said),
                "right": str(one.right),
                "precision": f"{one.precision:.3f}",
                "labelled": str(one.labelled),
                "recall": f"{one.recall:.3f}",
                "without quote": str(one.unquoted),
            }
            for one in counted
        ],
        f"The gate on {len(judged)} sentences",
        json_wanted=json_wanted,
    )
    if not json_wanted:
        for one in judged:
            if not one.is_right:
                told = one.labelled
                say(f"  {told.criterion}: {told.label}, said {one.verdict.outcome}: {told.text}")
    if counted[0].precision < least:
        raise VardeError(f"'not eligible' is right in {counted[0].precision:.3f} of its cases; {least} is asked for")


@verbs.command()
def recall(
    documents: Annotated[Path, typer.Option(help="Calls as JSON lines, gzipped if named so.")],
    labels: Annotated[Path, typer.Option(help="Known answers: topic, document, label between tabs.")],
    run: Annotated[Path, typer.Option(help="What `varde rank --task call --output RUN` wrote.")],
    country: Annotated[str, typer.Option(help="Country of the applicant.")] = "NO",
    size: Annotated[str, typer.Option(help="micro, small or medium.")] = "small",
    json_wanted: Json = False,
) -> None:
    """What a ranking of calls loses when those that an applicant may not answer are left out."""
    from watch import gate_audit  # noqa: PLC0415 - spaCy takes a while to import

    with working("reading every ranked call"):
        found = gate_audit.recall_kept(documents, labels, run, gate_audit.applicant(country, size))
    rows = [
        {
            "depth": str(one.depth),
            "recall": f"{one.without:.4f}",
            "behind the gate": f"{one.gated:.4f}",
            "lost": f"{one.without - one.gated:+.4f}",
            "answers refused": str(one.dropped),
        }
        for one in found
    ]
    show(rows, f"Known answers for a {size} company in {country}", json_wanted=json_wanted)
