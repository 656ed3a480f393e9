"""Measures nlp.match on the labelled sets of ../shared/data/eval, beside plain BM25 and TF-IDF in the same run.

    bench_match.py [SET …]     nDCG@10 and R@100 of each method and its ratio to plain BM25
    bench_match.py --half 0    on half of the topics (by hash of the id): the half that weights may be tuned on
    bench_match.py --ablate    nDCG@10 of the parts alone, of pairs of them, and of all
    bench_match.py --spread    strength of the relevant against all pairs: where `middle` and `width` come from
    bench_match.py --prose     variety and stop words of real texts: where the prose floors come from
    bench_match.py --speed     1 000 documents x 20 needs, seconds with and without imports

Plain BM25 (k1 1.2, b 0.75) and plain TF-IDF (sublinear) share one word rule: lower case, letters and digits, English
Snowball stems, scikit-learn's English stop words. Only the ranking is compared here; labels are those of the sets.
"""

import argparse
import gzip
import hashlib
import json
import math
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfTransformer

from nlp.match import match
from nlp.parts import fit_of
from nlp.rank import weigh
from nlp.recipe import CURRENT
from nlp.terms import read
from terms.company import Need, NeedVersion
from terms.match import Document

EVAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "eval"
SETS = (
    "scifact",
    "cranfield",
    "nrc_calls_open",
    "patent_ipc_open",
    "patent_ipc_open:fr",
    "sbir_calls",
    "sbir_orgs",
    "ml_doffin_open",
)
LANGUAGES = {"patent_ipc_open:fr": "fr", "ml_doffin_open": "nb"}
Scores = NDArray[np.float64]
_WORD = re.compile(r"[^\W_]+")


class Labelled:
    """One set: documents, needs made of its topics, labels."""

    def __init__(self, name: str) -> None:
        folder, _, variant = name.partition(":")
        self.name = name
        with gzip.open(EVAL / folder / "documents.jsonl.gz", "rt", encoding="utf-8") as lines:
            self.documents = [_document(json.loads(line)) for line in lines]
        topics_file = EVAL / folder / (f"topics_{variant}.jsonl" if variant else "topics.jsonl")
        self.topics = [json.loads(line) for line in topics_file.read_text(encoding="utf-8").splitlines()]
        self.needs = [_need(topic, LANGUAGES.get(name, "en")) for topic in self.topics]
        self.labels: dict[str, dict[str, float]] = defaultdict(dict)
        for line in (EVAL / folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
            topic, document, label = line.split("\t")
            self.labels[topic][document] = float(label)


def _document(row: dict[str, Any]) -> Document:
    kind = row["kind"] if row["kind"] in ("patent", "call") else "publication"
    key = row["id"]
    return Document(
        cluster_key=key, item_key=f"eval:{key}", kind=kind, title=row["title"], text=row["text"], language="en"
    )


def _need(topic: dict[str, Any], language: str) -> NeedVersion:
    title, description = topic["title"] or topic["description"], topic["description"] or topic["title"]
    # A set without titles or descriptions gives the same words once, as the baselines read them.
    need = Need.model_construct(
        id="topic", title=title if title != description else "", description=description, language=language
    )
    return NeedVersion.model_construct(need_key=topic["id"], company_key="eval", version=1, need=need)


def ours(labelled: Labelled) -> Scores:
    """Strength of every pair, as match() computes it; statistics from the set itself, as in a first run."""
    return weigh(labelled.documents, labelled.needs, CURRENT).strength


def ablate(names: Iterable[str]) -> None:
    """Print nDCG@10 with single parts, and of the whole without one of them (prose and codes left as they are)."""
    print(f"{CURRENT.model_version}: nDCG@10")
    print("set                 words  letters  meaning  words+letters  words+meaning  letters+meaning  all")
    for name in names:
        labelled = Labelled(name)
        found = weigh(labelled.documents, labelled.needs, CURRENT)
        words, letters = found.lexical, CURRENT.letters_weight * found.letters
        meaning = CURRENT.topics_weight * found.topics
        sums = (words, letters, meaning, words + letters, words + meaning, letters + meaning, words + letters + meaning)
        values = "    ".join(f"{measure(labelled, scores, None)[0]:.3f}" for scores in sums)
        print(f"{name:19} {values}", flush=True)


@lru_cache(maxsize=1)
def _english() -> Any:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=300_000)
def _stem(word: str) -> str:
    return str(_english().stemWord(word))


def _plain_words(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in ENGLISH_STOP_WORDS and len(word) > 1]


def plain(labelled: Labelled) -> dict[str, Scores]:
    """BM25 and TF-IDF cosine as anybody would write them."""
    counter = CountVectorizer(analyzer=_plain_words)
    counts = counter.fit_transform(f"{d.title} {d.text}" for d in labelled.documents).astype(np.float64)
    asked_for = counter.transform(f"{v.need.title} {v.need.description}" for v in labelled.needs)
    total, lengths = counts.shape[0], np.asarray(counts.sum(axis=1)).ravel()
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log1p((total - found + 0.5) / (found + 0.5))
    bm25 = counts.copy()
    norm = 1.2 * (1 - 0.75 + 0.75 * lengths / lengths.mean())
    bm25.data = bm25.data * 2.2 / (bm25.data + np.repeat(norm, np.diff(bm25.indptr)))
    tfidf = TfidfTransformer(sublinear_tf=True).fit(counts)
    return {
        "BM25": (bm25.multiply(idf[np.newaxis, :]).tocsr() @ asked_for.T).toarray(),
        "TF-IDF": (tfidf.transform(counts) @ tfidf.transform(asked_for).T).toarray(),
    }


def measure(labelled: Labelled, scores: Scores, half: int | None) -> tuple[float, float, int]:
    """Mean nDCG@10 and recall@100 over the topics with an answer, by the definitions of ../shared/tools/score.py."""
    ndcg, recall = [], []
    for column, topic in enumerate(labelled.topics):
        labels = labelled.labels[topic["id"]]
        if not any(label > 0 for label in labels.values()) or half not in (None, half_of(topic["id"])):
            continue
        dropped = {topic.get("seed"), topic.get("known_member_id")}
        order = np.argsort(-scores[:, column], kind="stable")[:110]
        ranked = [key for key in (labelled.documents[row].cluster_key for row in order) if key not in dropped][:100]
        gains = [labels.get(key, 0.0) for key in ranked]
        ndcg.append(_dcg(gains[:10]) / _dcg(sorted(labels.values(), reverse=True)[:10]))
        recall.append(sum(gain >= 1 for gain in gains) / sum(label >= 1 for label in labels.values()))
    return float(np.mean(ndcg)), float(np.mean(recall)), len(ndcg)


def half_of(topic: str) -> int:
    """0 or 1, the same on every machine."""
    return hashlib.md5(topic.encode()).digest()[-1] % 2


def _dcg(gains: Sequence[float]) -> float:
    return float(sum((2**gain - 1) / math.log2(place + 2) for place, gain in enumerate(gains)))


def compare(names: Iterable[str], half: int | None) -> None:
    """Print one line a set, and the mean of the ratios."""
    ratios = []
    print(f"{CURRENT.model_version}, half {half}")
    print("set                 topics  nDCG@10 BM25 TF-IDF  ours ratio  R@100 BM25  ours  seconds")
    for name in names:
        labelled, started = Labelled(name), time.perf_counter()
        mine = ours(labelled)
        seconds = time.perf_counter() - started
        base = plain(labelled)
        (bm25, bm25_r, topics), (tfidf, _, _) = (measure(labelled, base[m], half) for m in ("BM25", "TF-IDF"))
        ndcg, recall, _ = measure(labelled, mine, half)
        ratios.append(ndcg / bm25)
        ranks = f"{bm25:12.3f} {tfidf:6.3f} {ndcg:5.3f} {ratios[-1]:5.3f} {bm25_r:11.3f} {recall:5.3f}"
        print(f"{name:19} {topics:6} {ranks} {seconds:8.1f}", flush=True)
    print(f"mean ratio to BM25: {np.mean(ratios):.3f}, median {np.median(ratios):.3f}, worst {min(ratios):.3f}")


def spread(names: Iterable[str]) -> None:
    """Print percentiles of strength and fit, over all pairs and over the relevant ones."""
    for name in names:
        labelled = Labelled(name)
        scores, row_of = ours(labelled), {d.cluster_key: row for row, d in enumerate(labelled.documents)}
        relevant = [
            scores[row_of[key], column]
            for column, topic in enumerate(labelled.topics)
            for key, label in labelled.labels[topic["id"]].items()
            if label >= 1 and key in row_of
        ]
        for what, values in (("all", scores), ("relevant", np.array(relevant)), ("best of need", scores.max(axis=0))):
            cuts = np.percentile(values, (10, 50, 90, 99))
            told = "  ".join(
                f"{cut:5.2f} (fit {fit:.2f})" for cut, fit in zip(cuts, fit_of(cuts, CURRENT), strict=True)
            )
            print(f"{name:20} {what:12} p10, p50, p90, p99: {told}", flush=True)


def prose(names: Iterable[str]) -> None:
    """Print the lowest variety and share of stop words that real texts have."""
    for name in names:
        readings = [r for r in (read(d, CURRENT) for d in Labelled(name).documents) if r.telling >= CURRENT.prose_words]
        variety = [math.log(r.distinct) / math.log(r.telling) for r in readings]
        stops = [1 - r.telling / r.length for r in readings]
        if readings:
            lowest = f"variety {np.percentile(variety, 0.1):.2f}, stop words {np.percentile(stops, 0.1):.2f}"
            print(f"{name:20} {len(readings):6} texts; 0.1 percentile: {lowest}")


def speed() -> None:
    """Print how long match() takes for 1 000 new documents and 20 needs, cold and warm caches, with a background."""
    labelled = Labelled("scifact")
    for label, background in (
        ("cold, no background", 0),
        ("warm, no background", 0),
        ("4 000 in the background", 4000),
    ):
        started, burnt = time.perf_counter(), time.process_time()
        found = match(
            labelled.documents[:1000], labelled.needs[:20], background=labelled.documents[1000 : 1000 + background]
        )
        wall, cpu = time.perf_counter() - started, time.process_time() - burnt
        print(f"{label:26} {wall:6.2f} s, {cpu:6.2f} s of CPU, {len(found)} matches")
    print(f"{'from start, with imports':26} {time.perf_counter() - STARTED:6.2f} s")


def main() -> None:
    """Read the arguments and run one measurement."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("sets", nargs="*", default=SETS)
    arguments.add_argument("--half", type=int, choices=(0, 1))
    modes: dict[str, Callable[[Iterable[str]], None]] = {
        "ablate": ablate,
        "spread": spread,
        "prose": prose,
        "speed": lambda _: speed(),
    }
    for mode in modes:
        arguments.add_argument(f"--{mode}", action="store_true")
    chosen = arguments.parse_args()
    if not EVAL.is_dir():
        sys.exit(f"{EVAL} is missing: the labelled sets lie beside the project and are no part of it")
    for mode, run in modes.items():
        if getattr(chosen, mode):
            run(chosen.sets)
            return
    compare(chosen.sets, chosen.half)


STARTED = time.perf_counter()
if __name__ == "__main__":
    main()
