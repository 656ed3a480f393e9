"""Files of documents against files of topics: the matcher as a command, to measure it or to order a list once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from nlp.languages import guess, known
from nlp.minilm import installed
from nlp.rank import MOST, Ranked, rank
from nlp.recipe import RERANK, TASKS
from nlp.rerank import reranked
from terms.company import Need, NeedVersion
from terms.errors import VardeError
from terms.match import Document
from watch.labelled import Row, rows_by_id
from watch.partner_rank import rank_organisations

_TAG = "varde"
_KINDS = ("patent", "call")


class Run(NamedTuple):
    """What was ranked: documents and topics read, lines written, and the recipe."""

    documents: int
    topics: int
    lines: int
    model_version: str


def write_run(
    documents: Path,
    topics: Path,
    output: Path,
    task: str = "need",
    step: Callable[[str], None] = lambda _: None,
    *,
    rerank: bool = False,
) -> Run:
    """Rank the documents for every topic and write a TREC run: topic, Q0, document, rank, score, tag, tab-separated.

    documents, topics: JSON lines, gzipped if named so. A topic's `seed` and `known_member_id` are left out of its own
    ranking. rerank: whether the full all-MiniLM-L6-v2 orders each topic's best 100 anew; slow. Raises VardeError naming
    the line that cannot be read, the task that is none, or the extra that is not installed.
    """
    if task not in TASKS:
        raise VardeError(f"--task {task}: no such task; there are {', '.join(TASKS)}")
    if rerank and task == "partner":
        raise VardeError("--rerank: partners are not ranked by their texts alone; leave it out")
    reader = installed() if rerank else None
    step("reading")
    rows, asked = rows_by_id(documents), rows_by_id(topics)
    texts, needs = list(_documents(rows.values())), list(_needs(asked.values()))
    step(f"ranking {len(texts)} documents for {len(needs)} topics")
    lines = 0
    with output.open("w", encoding="utf-8") as run:
        if task == "partner":
            ranked = rank_organisations(rows, asked, texts, needs)
        else:
            ranked = rank(texts, needs, recipe=TASKS[task], most=MOST + 2)
        if reader is not None:
            step("reading the best of every topic with all-MiniLM-L6-v2")
            ranked = reranked(list(ranked), texts, needs, reader, RERANK[task])
        for topic, found in ranked:
            kept = _without(found, asked[topic])
            run.writelines(f"{topic}\tQ0\t{key}\t{n}\t{score:.6f}\t{_TAG}\n" for n, (key, score) in enumerate(kept, 1))
            lines += len(kept)
    return Run(len(texts), len(needs), lines, TASKS[task].model_version)


def _without(found: Ranked, topic: Row) -> Ranked:
    dropped = {topic.get("seed"), topic.get("known_member_id")}
    return [pair for pair in found if pair[0] not in dropped][:MOST]


def _documents(rows: Iterable[Row]) -> Iterator[Document]:
    held = list(rows)
    usual = _language_of(held, "text")
    for row in held:
        kind = row["kind"] if row.get("kind") in _KINDS else "publication"
        codes = row.get("codes") if isinstance(row.get("codes"), list) else []
        yield Document(
            cluster_key=row["id"],
            item_key=f"file:{row['id']}",
            kind=kind,
            title=row.get("title") or "",
            text=row.get("text") or "",
            language=_stated(row) or usual,
            codes=tuple(code for code in codes or () if isinstance(code, str)),
        )


def _needs(rows: Iterable[Row]) -> Iterator[NeedVersion]:
    held = list(rows)
    usual = _language_of(held, "description")
    for row in held:
        title, description = row.get("title") or "", row.get("description") or ""
        # A topic that says one thing twice is read once; a need's own checks do not hold for topics of a file.
        need = Need.model_construct(
            id="topic",
            title="" if title == description else title,
            description=description,
            language=_stated(row) or usual,
        )
        yield NeedVersion.model_construct(need_key=row["id"], company_key="file", version=1, need=need)


def _stated(row: Row) -> str:
    stated = row.get("language") or row.get("lang") or ""
    return known(stated) if isinstance(stated, str) and stated else ""


def _language_of(rows: list[Row], field: str) -> str:
    """The language that most texts of a file seem to be in: a single title is too short to tell."""
    spoken = Counter(guess(f"{row.get('title') or ''} {row.get(field) or ''}") for row in rows[:400])
    together = guess(" ".join(f"{row.get('title') or ''} {row.get(field) or ''}" for row in rows[:40]))
    return together if spoken[together] else spoken.most_common(1)[0][0] if spoken else "en"
