"""`varde rank` and `varde evaluate`: files in, a run or a table out; bad files are named, nothing is silent."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from nlp.rank import best, of_programmes
from terms.errors import VardeError
from watch.evaluating import evaluate, f_one, mean_ratio, ndcg, screening
from watch.ranking import write_run

DOCUMENTS = [
    {"id": "weld", "title": "Seam tracking for welding of aluminium", "text": "A robot follows the weld seam."},
    {
        "id": "lice",
        "title": "Removing salmon lice",
        "text": "Warm water removes lice from salmon.",
        "kind": "publication",
    },
    {"id": "star", "title": "Spectra of quasars", "text": "We report spectra of quasars at high redshift."},
]
TOPICS = [
    {"id": "t1", "title": "Welding aluminium", "description": "Robot that follows the seam", "seed": "none"},
    {"id": "t2", "title": "Lakselus", "description": "Fjerne lus fra laks", "lang": "no"},
]


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text("utf-8").splitlines()]


def test_a_run_has_the_trec_form_and_the_right_document_first(tmp_path: Path) -> None:
    output = tmp_path / "run"
    documents, topics = written(tmp_path / "d.jsonl.gz", [*DOCUMENTS]), written(tmp_path / "t.jsonl", [*TOPICS])
    run = write_run(documents, topics, output)
    found = lines(output)
    assert [run.documents, run.topics, run.lines] == [3, 2, len(found)]
    assert all(len(line) == 6 and line[1] == "Q0" for line in found)
    assert [(line[0], line[2]) for line in found if line[3] == "1"] == [("t1", "weld"), ("t2", "lice")]
    scores = [float(line[4]) for line in found if line[0] == "t1"]
    assert scores == sorted(scores, reverse=True)
    first = output.read_bytes()
    write_run(written(tmp_path / "d.jsonl.gz", DOCUMENTS[::-1]), topics, output)
    assert output.read_bytes() == first


def test_the_seed_of_a_topic_is_left_out(tmp_path: Path) -> None:
    output = tmp_path / "run"
    topics = written(tmp_path / "t.jsonl", [{**TOPICS[0], "seed": "weld"}])
    write_run(written(tmp_path / "d.jsonl", [*DOCUMENTS]), topics, output)
    assert "weld" not in {line[2] for line in lines(output)}


def test_partners_are_ranked_by_what_they_did_and_with_whom(tmp_path: Path) -> None:
    rows = [
        {"id": "o1", "title": "Weld AS", "text": "Seam welding of aluminium", "projects": ["1", "2"], "n_awards": 2},
        {"id": "o2", "title": "Fish AS", "text": "Salmon lice", "projects": ["3"], "n_awards": 1},
        {"id": "o3", "title": "Robot AS", "text": "Robots that weld aluminium", "projects": ["2"], "n_awards": 1},
    ]
    topics = [{"id": "t", "title": "Robot welding of aluminium", "description": "", "known_member_id": "o1"}]
    output = tmp_path / "run"
    write_run(written(tmp_path / "d.jsonl", [*rows]), written(tmp_path / "t.jsonl", [*topics]), output, "partner")
    assert [line[2] for line in lines(output)] == ["o3", "o2"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"id": "a"}, {"id": "a"}], "line 2: the id 'a' stood before"),
        ([{"id": "a\tb"}], "line 1: `id` must be"),
        ([{"title": "x"}], "line 1: `id` must be"),
        ([{"id": "a", "title": 3}], "line 1: `title`"),
        (["x"], "not JSON lines"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, rows: list[dict[str, object]], says: str) -> None:
    with pytest.raises(VardeError, match=says):
        write_run(written(tmp_path / "d.jsonl", rows), written(tmp_path / "t.jsonl", [*TOPICS]), tmp_path / "run")


def test_an_unknown_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VardeError, match="--task jobs"):
        write_run(tmp_path / "d", tmp_path / "t", tmp_path / "run", "jobs")


def test_calls_of_a_programme_support_each_other() -> None:
    strength = np.array([[1.0], [0.5], [0.5], [0.2]])
    support = of_programmes(strength, [("BG-03-2014",), ("BG-08-2014",), ("SC5-01-2015",), ()])
    assert support[:, 0].tolist() == [0.75, 0.75, 0.0, 0.0]
    assert best(strength[:, 0], ["a", "b", "c", "d"], 3) == [("a", 1.0), ("b", 0.5), ("c", 0.5)]


def test_the_measures_are_those_of_the_sets() -> None:
    labels = {"t": {"a": 2.0, "b": 0.0, "c": 1.0}}
    assert ndcg(labels, {"t": ["a", "c", "b"]}, ["t", "unjudged"]) == 1.0
    assert ndcg(labels, {"t": ["b"]}, ["t"]) == 0.0
    assert screening(labels, {"t": ["a", "c"]}, set()) == {"recall@10%": 0.5, "ATD": 0.5}
    assert f_one({("a", "b"), ("c", "d")}, {("a", "b")}) == pytest.approx(2 / 3)


def test_missing_sets_are_said_and_none_is_an_error(tmp_path: Path) -> None:
    rows = list(evaluate(tmp_path))
    assert rows and not any(row.is_reached for row in rows) and {row.value for row in rows} == {None}
    assert mean_ratio(rows) is None
    with pytest.raises(VardeError, match="no such folder"):
        list(evaluate(tmp_path / "nowhere"))
