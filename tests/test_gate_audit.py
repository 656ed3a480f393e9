"""How right the gate is, on sentences labelled by hand; and what a ranking loses behind it (P23)."""

import json
from pathlib import Path

import pytest

from terms.errors import NotFound, VardeError
from tests.door import Door
from watch.gate_audit import applicant, figures, judge, read_sentences, recall_kept

SENTENCES = Path(__file__).parent / "recordings" / "gate" / "sentences.tsv"


def test_who_is_refused_is_refused_rightly_and_every_verdict_quotes() -> None:
    """Issue 6: at least 200 sentences in both languages; `not eligible` is right in .98; every known one quotes."""
    judged = judge(read_sentences(SENTENCES))
    refused, accepted, _ = figures(judged)
    assert len(judged) >= 200 and {one.labelled.language for one in judged} == {"en", "nb"}
    assert refused.labelled >= 80 and refused.precision >= 0.98 and refused.recall >= 0.9
    assert accepted.precision >= 0.98 and accepted.recall >= 0.9
    assert refused.unquoted == accepted.unquoted == 0
    assert all(one.verdict.quote.text in one.labelled.text for one in judged if one.verdict.quote)


@pytest.mark.parametrize(
    "line",
    [
        ("eu\ten\tno\tcountry\teligible", "line 2"),
        ("eu\ten\txx\tsize\tunknown\tx", "line 2"),
        ("@a\tNO\thuge", "line 2"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "s.tsv").write_text(f"@no\tNO\tsmall\t28.14\t4\t7\n{line}\n", "utf-8")
    with pytest.raises(VardeError, match="line 2"):
        read_sentences(tmp_path / "s.tsv")
    with pytest.raises(NotFound):
        read_sentences(tmp_path / "none.tsv")


def labelled_set(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Two calls, both known answers; one of them refuses Norwegians."""
    rows = [
        {"id": "a", "title": "Pumps", "text": "Only companies registered in Sweden may apply."},
        {"id": "b", "title": "Seals", "text": "Companies registered in Norway may apply."},
    ]
    documents, labels, run = tmp_path / "d.jsonl", tmp_path / "qrels.tsv", tmp_path / "run"
    documents.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    labels.write_text("t1\ta\t1\nt2\tb\t1\nt2\ta\t0\n", "utf-8")
    run.write_text(
        "".join(f"{t}\tQ0\t{d}\t{n}\t1\tx\n" for t in ("t1", "t2") for n, d in ((1, "a"), (2, "b"))), "utf-8"
    )
    return documents, labels, run


def test_known_answers_that_the_gate_puts_out_are_counted(tmp_path: Path) -> None:
    """One of two for a Norwegian applicant; the other one for a Swede."""
    for_norway = recall_kept(*labelled_set(tmp_path), applicant("NO", "small"))[0]
    assert (for_norway.without, for_norway.gated, for_norway.dropped) == (1.0, 0.5, 1)
    for_sweden = recall_kept(*labelled_set(tmp_path), applicant("SE", "small"))[0]
    assert (for_sweden.gated, for_sweden.dropped) == (0.5, 1)


def test_the_verbs_print_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 where the figure asked for is missed."""
    door = Door(tmp_path, capsys, monkeypatch)
    assert "not eligible" in door("gate-audit", "sentences", str(SENTENCES)).out
    assert door("gate-audit", "sentences", str(SENTENCES), "--least", "1.01").code == 1
    documents, labels, run = map(str, labelled_set(tmp_path))
    assert "0.5" in door("gate-audit", "recall", "--documents", documents, "--labels", labels, "--run", run).out
