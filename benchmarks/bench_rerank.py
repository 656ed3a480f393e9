"""What the full all-MiniLM-L6-v2 adds to a ranking's best 100 (`varde rank --rerank`), by its weight.

    bench_rerank.py [SET …] [--model FOLDER] [--keep FOLDER]

nDCG@10 on half 0 of the topics (by hash of the id, as in bench_match.py), where the weight is chosen, half 1, and all.
--model: folder with model.safetensors and vocab.txt, else the installed package. --keep: where vectors are kept for the
next time. About 0.13 s of one core a document of 256 pieces, by --keep only once.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bench_match import half_of

from nlp.minilm import MiniLM, Singles, installed
from nlp.rank import rank
from nlp.recipe import TASKS
from nlp.rerank import DEPTH, reranked
from terms.company import NeedVersion
from terms.match import Document
from watch.evaluating import ndcg
from watch.labelled import rows_by_id
from watch.ranking import _documents, _needs

EVAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "eval"
SETS = {
    "nrc_calls_open": "call", "sbir_calls": "call", "cranfield": "need", "patent_ipc_open": "need",
    "patent_ipc_open:topics_fr.jsonl": "need", "scifact": "need",
}  # fmt: skip
WEIGHTS = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0)


class Kept:
    """Reads a text once, and keeps its vector."""

    def __init__(self, model: MiniLM, path: Path | None) -> None:
        self._model, self._path = model, path
        self._known: dict[str, Singles] = {}
        if path is not None and path.exists():
            with np.load(path) as found:
                self._known = dict(zip(found["texts"].tolist(), found["vectors"], strict=True))

    def vectors(self, texts: Sequence[str]) -> Singles:
        """One row a text."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(fresh), 500):
            piece = fresh[start : start + 500]
            self._known |= dict(zip(piece, self._model.vectors(piece), strict=True))
        if fresh and self._path is not None:
            np.savez(self._path, texts=np.array(list(self._known)), vectors=np.vstack(list(self._known.values())))
        return np.vstack([self._known[text] for text in texts])


def measured(name: str, reader: Kept) -> None:
    """Print a line a weight."""
    folder, _, topics = name.partition(":")
    asked = rows_by_id(EVAL / folder / (topics or "topics.jsonl"))
    documents: list[Document] = list(_documents(rows_by_id(EVAL / folder / "documents.jsonl.gz").values()))
    needs: list[NeedVersion] = list(_needs(asked.values()))
    ranked = list(rank(documents, needs, recipe=TASKS[SETS[name]], most=DEPTH + 2))
    labels: dict[str, dict[str, float]] = {}
    for line in (EVAL / folder / "qrels.tsv").read_text("utf-8").splitlines():
        topic, document, label = line.split("\t")
        labels.setdefault(topic, {})[document] = float(label)
    started = time.process_time()
    for weight in WEIGHTS:
        found = {key: _shown(own, asked[key]) for key, own in reranked(ranked, documents, needs, reader, weight)}
        halves = [[key for key in found if half_of(key) == half] for half in (0, 1)]
        values = [ndcg(labels, found, keys) for keys in (*halves, list(found))]
        print(f"{name:34} {weight:5.1f}  " + "  ".join(f"{value:.3f}" for value in values), flush=True)
    print(f"{name:34} {time.process_time() - started:.0f} s of processor time")


def _shown(found: Sequence[tuple[str, float]], topic: dict[str, object]) -> list[str]:
    dropped = {topic.get("seed"), topic.get("known_member_id")}
    return [key for key, _ in found if key not in dropped][:10]


def main() -> None:
    """Read the arguments, measure the sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--model", type=Path)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    model = MiniLM(chosen.model) if chosen.model else installed()
    print("set, weight, nDCG@10 on half 0, half 1, all")
    for name in chosen.sets:
        kept = chosen.keep / f"{name.partition(':')[0]}.npz" if chosen.keep else None
        measured(name, Kept(model, kept))


if __name__ == "__main__":
    main()
