"""All labelled sets beside their baselines (`varde evaluate`): the numbers by which the matcher is changed or kept."""

import json
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from terms.errors import VardeError
from watch.pairs import write_pairs
from watch.ranking import write_run
from watch.screening import write_order

Labels = Mapping[str, Mapping[str, float]]


class Goal(NamedTuple):
    """One line of the table. peer: the best plain baseline of the set; target: what we want, from issue 4."""

    folder: str
    task: str
    measure: str
    peer: float
    target: float
    topics: str = "topics.jsonl"
    smaller_is_better: bool = False


class Row(NamedTuple):
    """What came out. value: None where the set is missing."""

    goal: Goal
    value: float | None

    @property
    def is_reached(self) -> bool:
        """Whether the target is reached."""
        if self.value is None:
            return False
        return self.value <= self.goal.target if self.goal.smaller_is_better else self.value >= self.goal.target


_NDCG, _RECALL, _ATD, _F1 = "nDCG@10", "recall@10%", "ATD", "F1"
_FEEDBACK = {  # ASReview ELAS u4: recall@10 % and ATD
    "se_wahono": (0.930, 0.029),
    "se_kitchenham": (0.711, 0.087),
    "sr_nagtegaal": (0.675, 0.087),
    "sr_bannach": (0.564, 0.132),
    "patland_open": (0.656, 0.090),
    "patstream_open": (0.911, 0.042),
}
GOALS = (
    Goal("cranfield", "need", _NDCG, 0.349, 0.349),
    Goal("scifact", "need", _NDCG, 0.679, 0.679),
    Goal("patent_ipc_open", "need", _NDCG, 0.249, 0.249),
    Goal("nrc_calls_open", "call", _NDCG, 0.476, 0.51),
    Goal("sbir_calls", "call", _NDCG, 0.874, 0.89),
    Goal("patent_ipc_open", "need", _NDCG, 0.153, 0.17, "topics_fr.jsonl"),
    Goal("ml_doffin_open", "need", _NDCG, 0.025, 0.04),
    Goal("nrc_partners_open", "partner", _NDCG, 0.486, 0.486),
    Goal("sbir_orgs", "partner", _NDCG, 0.210, 0.210),
    *(Goal(name, "screen", _RECALL, recall, recall) for name, (recall, _) in _FEEDBACK.items()),
    *(Goal(name, "screen", _ATD, atd, atd, smaller_is_better=True) for name, (_, atd) in _FEEDBACK.items()),
    Goal("dedup_dblp_acm", "twins", _F1, 0.943, 0.943),
)


def evaluate(sets: Path, wanted: Sequence[str] = (), step: Callable[[str], None] = lambda _: None) -> Iterator[Row]:
    """Run every set that is there, or those named, and yield its lines. Raises VardeError where no set is there.

    A set that is missing yields a line without a value. Nothing is fitted on what is reported but where a recipe says.
    """
    if not sets.is_dir():
        raise VardeError(f"{sets}: no such folder; give --sets the folder that holds the labelled sets")
    runs: dict[tuple[str, str, str], dict[str, float]] = {}
    for goal in GOALS:
        if wanted and goal.folder not in wanted:
            continue
        key = (goal.folder, goal.task, goal.topics)
        if key not in runs and (sets / goal.folder / "documents.jsonl.gz").exists():
            step(f"{goal.folder} ({goal.task})")
            runs[key] = _measured(sets / goal.folder, goal)
        yield Row(goal, runs.get(key, {}).get(goal.measure))


def mean_ratio(rows: Sequence[Row]) -> float | None:
    """Mean of the zero-shot ratios to BM25 (English needs); None where one is missing."""
    told = [row for row in rows if row.goal.task == "need" and row.goal.folder in ("cranfield", "scifact")]
    told += [row for row in rows if row.goal.folder == "patent_ipc_open" and row.goal.topics == "topics.jsonl"]
    values = [row.value / row.goal.peer for row in told if row.value is not None]
    return fmean(values) if len(values) == 3 else None


def _measured(folder: Path, goal: Goal) -> dict[str, float]:
    documents, topics, qrels = folder / "documents.jsonl.gz", folder / goal.topics, folder / "qrels.tsv"
    with tempfile.TemporaryDirectory(prefix="varde-evaluate-") as scratch:
        output = Path(scratch) / "run"
        if goal.task == "twins":
            write_pairs(documents, output)
            return {_F1: f_one(_pairs(output.read_text("utf-8")), _pairs(qrels.read_text("utf-8")))}
        if goal.task == "screen":
            write_order(documents, topics, qrels, output)
            return screening(_labels(qrels), _order(output, 1), _by_example(topics))
        write_run(documents, topics, output, goal.task)
        return {_NDCG: ndcg(_labels(qrels), _order(output, 2), _topic_ids(topics))}


def _labels(path: Path) -> Labels:
    labels: dict[str, dict[str, float]] = {}
    for line in path.read_text("utf-8").splitlines():
        topic, document, label = line.split("\t")
        labels.setdefault(topic, {})[document] = float(label)
    return labels


def _order(path: Path, column: int) -> dict[str, list[str]]:
    """Documents of each topic in the order of the file."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        fields = line.split("\t")
        found.setdefault(fields[0], []).append(fields[column])
    return found


def _pairs(text: str) -> set[tuple[str, ...]]:
    return {tuple(sorted(line.split("\t")[:2])) for line in text.splitlines() if line}


def _topic_ids(path: Path) -> list[str]:
    return [str(json.loads(line)["id"]) for line in path.read_text("utf-8").splitlines()]


def _by_example(path: Path) -> set[str]:
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return {str(row["id"]) for row in rows if row.get("seed")}


def ndcg(labels: Labels, found: Mapping[str, Sequence[str]], topics: Sequence[str]) -> float:
    """Mean nDCG@10 (gain 2^label - 1, discount log2) over the topics that have a relevant document."""
    values = []
    for topic in topics:
        judged = labels.get(topic, {})
        ideal = _dcg(sorted(judged.values(), reverse=True)[:10])
        if ideal > 0:
            values.append(_dcg([judged.get(key, 0.0) for key in found.get(topic, ())[:10]]) / ideal)
    return fmean(values)


def _dcg(gains: Sequence[float]) -> float:
    return sum((2**gain - 1) / math.log2(place + 2) for place, gain in enumerate(gains))


def screening(labels: Labels, found: Mapping[str, Sequence[str]], left_out: set[str]) -> dict[str, float]:
    """Mean over topics: share of the good within the first tenth, and mean place of a good one over the stream."""
    recalls, places_read = [], []
    for topic, order in found.items():
        if topic in left_out:
            continue
        judged = labels[topic]
        stream, good = len(judged), sum(label > 0 for label in judged.values())
        places = [place for place, key in enumerate(order, 1) if judged.get(key, 0) > 0]
        places += [stream] * (good - len(places))
        recalls.append(sum(place <= math.ceil(0.1 * stream) for place in places) / good)
        places_read.append(fmean(places) / stream)
    return {_RECALL: fmean(recalls), _ATD: fmean(places_read)}


def f_one(said: set[tuple[str, ...]], true: set[tuple[str, ...]]) -> float:
    """Harmonic mean of precision and recall of pairs."""
    right = len(said & true)
    return 2 * right / max(len(said) + len(true), 1)
