"""What classes learned from patents are worth, and whether they should count in a score (nlp/classes.py).

    bench_classes.py            held-out precision on the patents of patland_open, beside their nearest neighbours
    bench_classes.py --feature  nDCG@10 with the likeness of predicted classes added to the strength, by its weight

For the second, half of patland_open's patents teach; the other half are ranked without their codes for IPC definitions
(patent_ipc_open, English and French) and landscapes. On other sets all of them teach: a model of strangers.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.classes import places_of, subclasses, train
from nlp.ground import Ground, reference, survey
from nlp.parts import asked, parts
from nlp.rank import of_programmes
from nlp.recipe import CURRENT, TASKS
from nlp.terms import Floats, read
from terms.company import NeedVersion
from terms.match import Document
from watch.evaluating import ndcg
from watch.labelled import read_documents, rows_by_id
from watch.ranking import _documents, _needs

EVAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "eval"
WEIGHTS = (0.0, 0.1, 0.2, 0.4, 0.7)


def patents() -> list[Document]:
    """Those of patland_open that carry codes."""
    return [d for d in read_documents(EVAL / "patland_open" / "documents.jsonl.gz") if subclasses(d.codes)]


def worth() -> None:
    """Print what a held-out fifth says, for the model and for the classes of the ten nearest patents."""
    every = patents()
    ground = survey([read(d, CURRENT) for d in reference(every, (), CURRENT)], CURRENT)
    places, labels = places_of(every, ground, CURRENT), [subclasses(d.codes) for d in every]
    model = train(places, labels, [d.cluster_key for d in every])
    assert model is not None
    held = model.held_out
    print(
        f"{model.patents} patents, {len(model.classes)} classes; {held.patents} held out: first {held.first:.3f}, "
        f"said with .5 or more {held.likely}, of those right {held.likely_right:.3f}"
    )
    apart = np.array([hashlib.sha256(d.cluster_key.encode()).digest()[0] % 5 == 0 for d in every])
    near = np.argsort(-(places[apart] @ places[~apart].T), axis=1)[:, :10]
    rest = [own for own, out in zip(labels, apart, strict=True) if not out]
    theirs = [own for own, out in zip(labels, apart, strict=True) if out]
    hits = [_commonest([rest[n] for n in row]) in own for row, own in zip(near.tolist(), theirs, strict=True)]
    print(f"ten nearest, commonest class: first right {np.mean(hits):.3f}")


def _commonest(sets: Sequence[frozenset[str]]) -> str:
    counts: dict[str, int] = {}
    for own in sets:
        for code in sorted(own):
            counts[code] = counts.get(code, 0) + 1
    return max(counts, key=lambda code: (counts[code], code))


def feature(name: str, task: str, teaching: Sequence[Document], asked_half: bool) -> None:
    """Print nDCG@10 by the weight of the likeness of predicted classes."""
    recipe, (folder, _, topics) = TASKS[task], name.partition(":")
    every = sorted(_documents(rows_by_id(EVAL / folder / "documents.jsonl.gz").values()), key=lambda d: d.cluster_key)
    stranger = {d.cluster_key for d in teaching} if asked_half else set[str]()
    codes = [d.codes for d in every if d.cluster_key not in stranger]
    shown = [d.model_copy(update={"codes": ()}) for d in every if d.cluster_key not in stranger]
    needs = list(_needs(rows_by_id(EVAL / folder / (topics or "topics.jsonl")).values()))
    readings = [read(d, recipe) for d in shown]
    kept = {d.cluster_key for d in reference(shown, (), recipe)}
    base = [r for r in readings if r.key in kept] + ([read(d, recipe) for d in teaching] if asked_half else [])
    ground = survey(base, recipe)
    asking = asked(needs, ground, recipe)
    strength = parts(shown, readings, asking, ground, recipe).strength(recipe)
    if recipe.programme_weight:
        strength = strength + recipe.programme_weight * of_programmes(strength, codes)
    likeness = _likeness(teaching, shown, ground.topics.vectors(asking.topics), ground)
    values = [_measured(folder, [d.cluster_key for d in shown], needs, strength + w * likeness) for w in WEIGHTS]
    print(f"{name:34}", "  ".join(f"{value:.4f}" for value in values), flush=True)


def _likeness(teaching: Sequence[Document], shown: Sequence[Document], needs: Floats, ground: Ground) -> Floats:
    """Cosine of the predicted classes of documents and needs."""
    model = train(
        places_of(teaching, ground, CURRENT), [subclasses(d.codes) for d in teaching], [d.cluster_key for d in teaching]
    )
    assert model is not None
    sides = []
    for vectors in (places_of(shown, ground, CURRENT), needs):
        said = np.hstack([vectors, np.full((len(vectors), 1), 0.3)]) @ model.weights.astype(np.float64)
        said = np.clip(said, 0, 1)
        sides.append(said / np.maximum(np.linalg.norm(said, axis=1, keepdims=True), 1e-12))
    return np.asarray(sides[0] @ sides[1].T)


def _measured(folder: str, keys: Sequence[str], needs: Sequence[NeedVersion], scores: Floats) -> float:
    known, labels = set(keys), dict[str, dict[str, float]]()
    for line in (EVAL / folder / "qrels.tsv").read_text("utf-8").splitlines():
        topic, document, label = line.split("\t")
        if document in known:
            labels.setdefault(topic, {})[document] = float(label)
    found = {v.need_key: [keys[n] for n in np.argsort(-scores[:, c], kind="stable")[:10]] for c, v in enumerate(needs)}
    return ndcg(labels, found, list(found))


def main() -> None:
    """Read the arguments, print one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feature", action="store_true")
    if not parser.parse_args().feature:
        worth()
        return
    every = patents()
    half = [d for d in every if hashlib.sha256(d.cluster_key.encode()).digest()[0] % 2 == 0]
    print(f"{'weight of the likeness':34}", "  ".join(f"{w:6}" for w in WEIGHTS))
    for name in ("patent_ipc_open", "patent_ipc_open:topics_fr.jsonl", "patland_open"):
        feature(name, "need", half, asked_half=True)
    for name, task in (("cranfield", "need"), ("scifact", "need"), ("nrc_calls_open", "call"), ("sbir_calls", "call")):
        feature(name, task, every, asked_half=False)


if __name__ == "__main__":
    main()
