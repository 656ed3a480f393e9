"""The same matching task as others would do it: every need against every document, the best 50 of each need.

None explains, stores, flags, knows codes or rules. Seconds are for a sample of documents; all grow linearly in it.
all-MiniLM-L6-v2 runs by nlp/minilm.py (numpy, float32, 256 pieces a text), on few documents, the needs left out: its
figure an item is what counts.
"""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.world import companies, lines
from nlp.minilm import MiniLM, installed
from terms.errors import SettingMissing

_BEST = 50
_FEW = 64  # documents for the model that takes 0.1 s for each


def peers(count: int, needs: int, said: Sequence[str], weights: Path | None = None) -> list[dict[str, Any]]:
    """Seconds, CPU seconds and CPU seconds an item of each peer on `count` documents.

    weights: a folder with those of all-MiniLM-L6-v2; without one the installed package, or that peer is left out.
    """
    items = [json.loads(line) for line in lines(count, said)]
    documents = [f"{item['title']} {item['text']}" for item in items]
    asked = [f"{n.title} {n.description}" for c in companies(needs // 5, said) for n in c.needs]
    ways: dict[str, Callable[[], None]] = {
        "TfidfVectorizer, cosine, top 50": lambda: _tfidf(documents, asked),
        "bm25s, stems, top 50": lambda: _bm25s(documents, asked),
    }
    found = [_timed(name, way, count) for name, way in ways.items()]
    try:
        model = MiniLM(weights) if weights else installed()
    except SettingMissing:
        return found
    few = documents[:_FEW]
    return [*found, _timed("all-MiniLM-L6-v2, scaled from", lambda: _minilm(model, few, needs), len(few))]


def _timed(name: str, way: Callable[[], None], count: int) -> dict[str, Any]:
    begun, burnt = time.perf_counter(), time.process_time()
    way()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - burnt
    return {"name": f"{name} ({count})", "seconds": seconds, "cpu": cpu, "cpu_an_item": cpu / count}


def _minilm(model: MiniLM, documents: Sequence[str], needs: int) -> None:
    wanted = np.random.default_rng(1).random((needs, 384), dtype=np.float32)
    scores = model.vectors(documents) @ wanted.T
    np.argpartition(-scores, min(_BEST, len(documents)) - 1, axis=0)


def _tfidf(documents: Sequence[str], asked: Sequence[str]) -> None:
    cutter = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
    rows = cutter.fit_transform(documents)
    wanted = cutter.transform(asked)
    for start in range(0, len(asked), 100):
        scores = (wanted[start : start + 100] @ rows.T).toarray()
        np.argpartition(-scores, _BEST, axis=1)[:, :_BEST]


def _bm25s(documents: Sequence[str], asked: Sequence[str]) -> None:
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(list(documents), stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False
    )
    index.retrieve(
        bm25s.tokenize(list(asked), stopwords="en", stemmer=stemmer, show_progress=False), k=_BEST, show_progress=False
    )
