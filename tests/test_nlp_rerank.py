"""The full language model in plain numpy, and rankings ordered anew by it; here with a tiny model of our own."""

import gzip
import json
import math
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nlp.minilm import MiniLM, installed, read_safetensors
from nlp.rank import Ranked
from nlp.rerank import DEPTH, reranked
from nlp.wordpiece import WordPiece
from terms.company import Need, NeedVersion
from terms.errors import SettingMissing
from terms.match import Document
from tests.door import Door

PIECES = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "valve",
    "seal",
    "##s",
    "##er",
    "un",
    "##aff",
    "##able",
    ".",
    "naive",
    "漢",
    "-",
]
SIZE, INNER = 24, 48


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model of the same shape with random weights, in the publisher's format; ours."""
    chance = np.random.default_rng(7)
    shapes = {
        "embeddings.word_embeddings.weight": (len(PIECES), SIZE), "embeddings.position_embeddings.weight": (256, SIZE),
        "embeddings.token_type_embeddings.weight": (2, SIZE), "embeddings.LayerNorm.weight": (SIZE,),
        "embeddings.LayerNorm.bias": (SIZE,),
    }  # fmt: skip
    for layer in range(6):
        own = f"encoder.layer.{layer}"
        for dense, shape in (
            *((f"attention.self.{side}", (SIZE, SIZE)) for side in ("query", "key", "value")),
            ("attention.output.dense", (SIZE, SIZE)), ("intermediate.dense", (INNER, SIZE)),
            ("output.dense", (SIZE, INNER)),
        ):  # fmt: skip
            shapes |= {f"{own}.{dense}.weight": shape, f"{own}.{dense}.bias": shape[:1]}
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{own}.{norm}.weight": (SIZE,), f"{own}.{norm}.bias": (SIZE,)}
    told, octets = {}, b""
    for name, shape in shapes.items():
        numbers = chance.normal(0, 0.5, shape).astype("<f4").tobytes()
        told[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(octets), len(octets) + len(numbers)]}
        octets += numbers
    head = json.dumps({"__metadata__": {"format": "pt"}, **told}).encode()
    (tmp_path / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + octets)
    (tmp_path / "vocab.txt").write_text("\n".join(PIECES) + "\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Valve seals.", ["valve", "seal", "##s", "."]),
        ("unaffable sealer", ["un", "##aff", "##able", "seal", "##er"]),
        ("NAÏVE\u200b\tvalve", ["naive", "valve"]),
        ("valve-seal 漢漢", ["valve", "-", "seal", "漢", "漢"]),
        ("xyz " + "a" * 101, ["[UNK]", "[UNK]"]),
        ("", []),
    ],
)
def test_words_are_cut_as_bert_does(text: str, pieces: Sequence[str], folder: Path) -> None:
    """Lower case, no accents or control signs, marks alone, the longest piece first."""
    numbers = WordPiece(folder / "vocab.txt").numbers(text, 256)
    assert [PIECES[n] for n in numbers] == ["[CLS]", *pieces, "[SEP]"]


def test_a_long_text_is_cut(folder: Path) -> None:
    assert len(WordPiece(folder / "vocab.txt").numbers("valve " * 1000, 256)) == 256


def plainly(tables: dict[str, NDArray[np.float64]], pieces: Sequence[int]) -> NDArray[np.float64]:
    """The same network for one text, written out with loops."""

    def dense(name: str, row: NDArray[np.float64]) -> NDArray[np.float64]:
        return tables[f"{name}.weight"] @ row + tables[f"{name}.bias"]

    def normed(name: str, row: NDArray[np.float64]) -> NDArray[np.float64]:
        return (row - row.mean()) / math.sqrt(row.var() + 1e-12) * tables[f"{name}.weight"] + tables[f"{name}.bias"]

    rows = [
        normed("embeddings.LayerNorm", tables["embeddings.word_embeddings.weight"][piece]
               + tables["embeddings.position_embeddings.weight"][place]
               + tables["embeddings.token_type_embeddings.weight"][0])
        for place, piece in enumerate(pieces)
    ]  # fmt: skip
    for layer in range(6):
        own, heard = f"encoder.layer.{layer}", [np.zeros(SIZE) for _ in rows]
        query, key, value = ([dense(f"{own}.attention.self.{s}", r) for r in rows] for s in ("query", "key", "value"))
        for head in range(12):
            part = slice(2 * head, 2 * head + 2)
            for place in range(len(rows)):
                weights = np.exp([query[place][part] @ other[part] / math.sqrt(2) for other in key])
                heard[place][part] = sum(w * v[part] for w, v in zip(weights / weights.sum(), value, strict=True))
        rows = [
            normed(f"{own}.attention.output.LayerNorm", row + dense(f"{own}.attention.output.dense", own_heard))
            for row, own_heard in zip(rows, heard, strict=True)
        ]
        inner = [dense(f"{own}.intermediate.dense", row) for row in rows]
        inner = [np.array([v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in row]) for row in inner]
        rows = [
            normed(f"{own}.output.LayerNorm", row + dense(f"{own}.output.dense", more))
            for row, more in zip(rows, inner, strict=True)
        ]
    mean = np.mean(rows, axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def test_vectors_are_those_of_the_network_written_out(folder: Path) -> None:
    """Whatever else is in the batch."""
    texts = ["valve seals.", "naive unaffable valve - seal sealer . . valve", ""]
    found = MiniLM(folder).vectors(texts)
    tables = {
        name: np.asarray(t, dtype=np.float64) for name, t in read_safetensors(folder / "model.safetensors").items()
    }
    cutter = WordPiece(folder / "vocab.txt")
    for text, row in zip(texts, found, strict=True):
        assert row == pytest.approx(plainly(tables, cutter.numbers(text, 256)), abs=1e-4)
    assert MiniLM(folder).vectors(texts[:1])[0] == pytest.approx(found[0], abs=1e-5)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(ValueError, match="safetensors"):
        read_safetensors(tmp_path / "model.safetensors")


class Counting:
    """Reads a text as how many `g` it has; remembers what it read."""

    def __init__(self) -> None:
        self.read = list[str]()

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read += texts
        return np.array([[text.count("g"), 1.0] for text in texts], dtype=np.float32)


def test_the_best_are_ordered_anew_and_the_rest_stay_below() -> None:
    """Equal ones by key; nothing is lost; each document is read once."""
    ranked: Ranked = [(f"d{n:03}", 10.0 - n / 100) for n in range(DEPTH + 20)]
    chance = random.Random(3)
    documents = [
        Document(cluster_key=key, item_key=key, kind="publication", title="g" * chance.randint(0, 3), text="x")
        for key, _ in ranked
    ]
    need = Need.model_construct(id="topic", title="g", description="", language="en")
    version = NeedVersion.model_construct(need_key="n", company_key="f", version=1, need=need)
    reader = Counting()
    ((key, found),) = reranked([("n", ranked)], documents, [version], reader, 5.0)
    assert key == "n"
    assert sorted(k for k, _ in found) == sorted(k for k, _ in ranked)
    assert {k for k, _ in found[:DEPTH]} == {k for k, _ in ranked[:DEPTH]}
    assert [k for k, _ in found[DEPTH:]] == [k for k, _ in ranked[DEPTH:]]
    assert all(one[1] >= other[1] for one, other in pairwise(found))
    assert len(reader.read) == DEPTH + 1
    titles = {document.cluster_key: document.title for document in documents}
    assert len(titles[found[0][0]]) == 3
    assert [*reranked([("n", ranked)], documents, [version], reader, 0.0)] == [("n", ranked)]


def test_without_the_extra_the_verb_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("nlp.minilm.find_spec", lambda name: None)
    installed.cache_clear()
    with gzip.open(tmp_path / "d.jsonl.gz", "wt") as file:
        file.write(json.dumps({"id": "a", "title": "valve"}))
    (tmp_path / "t.jsonl").write_text(json.dumps({"id": "t", "title": "valve"}), "utf-8")
    varde = Door(tmp_path, capsys, monkeypatch)
    words = [
        "--documents",
        str(tmp_path / "d.jsonl.gz"),
        "--topics",
        str(tmp_path / "t.jsonl"),
        "--output",
        str(tmp_path / "r"),
    ]
    said = varde("rank", *words, "--rerank")
    assert (said.code, "extra `rerank`" in said.err, (tmp_path / "r").exists()) == (1, True, False)
    assert varde("rank", *words, "--rerank", "--task", "partner").code == 1
    with pytest.raises(SettingMissing):
        installed()
