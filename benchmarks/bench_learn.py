"""Measures nlp.learn: seconds to learn anew and score 10 000 items after a batch of decisions, beside a peer.

    bench_learn.py [--items 10000] [--repeat 5]   milliseconds at 20, 100, 500 and 1 000 decisions: train + score all,
                                                  and the same by the peer in the same run; rows are made once for both
    bench_learn.py --calibration [--draws 1]      expected calibration error after 100 decisions, per labelled set, and
                                                  over so many draws of what is explored its mean, worst, share <= .05

The peer is ASReview's ELAS u4 recipe in scikit-learn: TF-IDF of words and pairs, LinearSVC (C 0.11, balanced), from
scratch each time as ASReview does. Items: the documents of labelled sets, one behind the other, repeated as needed.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from nlp.learn import Lessons, scores
from nlp.learn_check import check
from nlp.learn_rows import Space
from nlp.learn_screen import drawn
from terms.match import Document
from watch.labelled import read_documents, read_labels, read_needs

EVAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "eval"
SETS = ("se_wahono", "se_kitchenham", "sr_nagtegaal", "sr_bannach", "patland_open", "patstream_open")
SEED = 20261123


def main() -> None:
    """Print one line a measure."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--items", type=int, default=10_000)
    asked.add_argument("--repeat", type=int, default=5)
    asked.add_argument("--calibration", action="store_true")
    asked.add_argument("--draws", type=int, default=1)
    chosen = asked.parse_args()
    if chosen.calibration:
        for name in SETS:
            _calibration(name, chosen.draws)
    else:
        _speed(chosen.items, chosen.repeat)


def _speed(count: int, repeat: int) -> None:
    documents = _documents(count)
    need = read_needs(EVAL / "se_wahono" / "topics.jsonl")["wahono"]
    labels = read_labels(EVAL / "se_wahono" / "qrels.tsv")["wahono"]
    began = time.perf_counter()
    space = Space(documents)
    rows, asked = space.rows(documents), space.need_row(need)
    print(f"{len(documents)} items: rows made once in {time.perf_counter() - began:.1f} s", flush=True)
    texts = [f"{d.title} {d.text}" for d in documents]
    began = time.perf_counter()
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95).fit_transform(texts)
    print(f"peer's rows (TF-IDF of words and pairs) in {time.perf_counter() - began:.1f} s", flush=True)
    good = np.array([labels.get(d.cluster_key, False) for d in documents])
    strangers = drawn(len(documents))
    scores(rows, asked, Lessons.of([0, 1], [True, False]), strangers)  # compiled before it is timed
    for decisions in (20, 100, 500, 1000):
        places = _decided(good, decisions)
        lessons = Lessons.of(places, good[places])
        ours = _milliseconds(lambda lessons=lessons: scores(rows, asked, lessons, strangers), repeat)
        peer = _milliseconds(lambda places=places: _peer(theirs, good, places), repeat)
        print(f"{decisions} decisions: learn + score all {ours:.0f} ms; peer {peer:.0f} ms; ratio {peer / ours:.2f}")


def _documents(count: int) -> list[Document]:
    every = [d for name in ("se_wahono", "se_kitchenham", "sr_nagtegaal") for d in _renamed(name)]
    return (every * (count // len(every) + 1))[:count]


def _renamed(name: str) -> Sequence[Document]:
    found = read_documents(EVAL / name / "documents.jsonl.gz")
    return (
        found
        if name == "se_wahono"
        else [d.model_copy(update={"cluster_key": f"{name}:{d.cluster_key}"}) for d in found]
    )


def _decided(good: np.ndarray, count: int) -> np.ndarray:
    """Good ones up to a quarter, the rest at random."""
    dice = np.random.default_rng(SEED)
    hits = np.flatnonzero(good)[: count // 4]
    misses = dice.choice(np.flatnonzero(~good), count - len(hits), replace=False)
    return np.sort(np.concatenate((hits, misses)))


def _peer(rows: object, good: np.ndarray, places: np.ndarray) -> np.ndarray:
    model = LinearSVC(C=0.11, class_weight="balanced", random_state=SEED).fit(rows[places], good[places])
    return np.asarray(model.decision_function(rows))


def _milliseconds(work: Callable[[], object], repeat: int) -> float:
    taken = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def _calibration(name: str, draws: int) -> None:
    folder = EVAL / name
    documents = read_documents(folder / "documents.jsonl.gz")
    space = Space(documents)
    rows, labels = space.rows(documents), read_labels(folder / "qrels.tsv")
    every = []
    for topic, need in read_needs(folder / "topics.jsonl").items():
        good = np.array([labels[topic].get(d.cluster_key, False) for d in documents])
        if not good.any():
            continue
        found = [check(rows, space.need_row(need), good, seed=SEED + draw) for draw in range(draws)]
        every += [one.error for one in found]
        said = f"{found[0].misses.rate:.2f} ({found[0].misses.low:.2f}-{found[0].misses.high:.2f})"
        below = f"good below {found[0].share:.3f}, explored said {said}"
        print(f"{name} {topic}: error {found[0].error:.3f}; {below}", flush=True)
    within = float(np.mean(np.array(every) <= 0.05))
    print(f"{name}: {len(every)} draws, mean {np.mean(every):.3f}, worst {max(every):.3f}, {within:.2f} of them <= .05")


if __name__ == "__main__":
    main()
