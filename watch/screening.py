"""A labelled stream read as a broker would: files in, the order of reading out (`varde screen`)."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from nlp.learn_check import check
from nlp.learn_recipe import LEARNING
from nlp.learn_rows import Asked, Space
from nlp.learn_screen import screen
from terms.errors import VardeError
from watch.labelled import read_documents, read_labels, read_needs


class Screened(NamedTuple):
    """What was read: topics, documents shown in all, good ones among them, and the model.

    calibration: one row a topic, where it was asked for.
    """

    topics: int
    shown: int
    found: int
    model_version: str
    calibration: Sequence[dict[str, str]] = ()


def write_order(
    documents: Path,
    topics: Path,
    qrels: Path,
    output: Path,
    batch: int = 10,
    calibration: bool = False,
    step: Callable[[str], None] = lambda _: None,
) -> Screened:
    """Write `topic<TAB>document` in the order in which a simulated broker saw them, topic after topic.

    A label counts only once its document was shown; reading ends when every good one is found. A topic's stream is what
    qrels lists for it, in the order of the documents' file. Topics without a good document are left out. Raises
    VardeError naming the file and line that cannot be read.
    """
    step("reading")
    labels, needs, stored = read_labels(qrels), read_needs(topics), read_documents(documents)
    asked = {topic: need for topic, need in needs.items() if any(labels.get(topic, {}).values())}
    if not asked:
        raise VardeError(f"{qrels}: no topic of {topics} has a good document; nothing can be screened")
    step(f"reading the words of {len(stored)} documents")
    space = Space(stored)
    rows, places = space.rows(stored), {document.cluster_key: place for place, document in enumerate(stored)}
    shown = found = 0
    checked = list[dict[str, str]]()
    with output.open("w", encoding="utf-8") as written:
        for topic, need in asked.items():
            stream = _stream(labels[topic], places, topic)
            good = [labels[topic][stored[place].cluster_key] for place in stream]
            progress = _teller(topic, sum(good), step)
            order = screen(rows[stream], space.need_row(need), good.__getitem__, sum(good), batch=batch, step=progress)
            written.writelines(f"{topic}\t{stored[stream[place]].cluster_key}\n" for place in order)
            shown, found = shown + len(order), found + sum(good[place] for place in order)
            if calibration:
                checked.append(_checked(topic, rows[stream], space.need_row(need), good, batch))
    return Screened(len(asked), shown, found, LEARNING.model_version, checked)


def _checked(topic: str, rows: csr_matrix, need: Asked, good: Sequence[bool], batch: int) -> dict[str, str]:
    found = check(rows, need, np.array(good, dtype=np.bool_), batch=batch)
    return {
        "topic": topic,
        "decisions": str(found.decisions),
        "calibration error": f"{found.error:.3f}",
        "good below": f"{found.share:.3f}",
        "explored": str(found.misses.looked),
        "explored said": f"{found.misses.rate:.2f}",
        "95 % interval": f"{found.misses.low:.2f}-{found.misses.high:.2f}",
    }


def _stream(labels: Mapping[str, bool], places: Mapping[str, int], topic: str) -> Sequence[int]:
    missing = sorted(labels.keys() - places.keys())
    if missing:
        raise VardeError(f"qrels of {topic} list {len(missing)} documents that the file lacks, such as {missing[0]!r}")
    return sorted(places[key] for key in labels)


def _teller(topic: str, good: int, step: Callable[[str], None]) -> Callable[[int, int], None]:
    return lambda shown, found: step(f"{topic}: {found} of {good} found among {shown} shown")
