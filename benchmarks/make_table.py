"""Makes nlp/tables/senses.txt and senses.npy from all-MiniLM-L6-v2; see nlp/tables/README.md. Not run by anything.

    make_table.py MODEL TEXTS --leave-out FOLDER [--leave-out FOLDER …] [--to FOLDER] [--compare]

MODEL: folder with model.safetensors and vocab.txt. TEXTS: a folder of public records: they say what words are common,
and give the sentences. --leave-out: files or folders whose titles and texts may be no sentence (labelled sets, lists of
calls). --compare: only say how near the result comes to the shipped table. Some minutes of one core; no torch.

First each word goes through the model once, the mean is taken off, the forms of a stem are averaged. Then the stems'
vectors are moved so that their tf-idf weighted sum over a sentence comes near the model's vector of the sentence: ridge
regression of what is missing, by conjugate gradients. Last all are turned to their main directions, and become int8.
"""

import argparse
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from table_sentences import chosen_sentences, texts_to_leave_out

from nlp.languages import is_telling, stem
from nlp.minilm import SHA256, MiniLM
from nlp.terms import columns_of, rows
from nlp.text import counted
from nlp.vectors import weighted

WIDTH, COMMON, LEAST = 96, 30, 3  # directions, cap of a word's weight, mentions of a word
RIDGE, STEPS = 0.3, 80  # of the regression; of the conjugate gradients
TABLES = Path(__file__).resolve().parent.parent / "nlp" / "tables"
_WORD, _WHOLE, _MARKUP = re.compile(r"[^\W\d_]{3,30}"), re.compile("[a-z]{3,30}"), re.compile(r"<[^>]{0,300}>")
Floats = NDArray[np.float64]


def mentions(texts: Path) -> "Counter[str]":
    """In how many stretches of 2 000 characters each ASCII word stands."""
    found: Counter[str] = Counter()
    for path in sorted(path for path in texts.rglob("*") if path.is_file()):
        text = _MARKUP.sub(" ", path.read_bytes().decode("utf-8", "ignore")).replace("\\n", " ")
        for start in range(0, len(text), 2000):
            words = set(_WORD.findall(text[start : start + 2000].lower()))
            found.update(word for word in words if word.isascii())
    return found


def centred_vectors(model: MiniLM, texts: Sequence[str], name: str) -> Floats:
    """The model's vectors without their mean."""
    found = []
    for start in range(0, len(texts), 1000):
        found.append(model.vectors(texts[start : start + 1000]))
        print(f"{name}: {start + len(found[-1])} of {len(texts)}", end="\r", file=sys.stderr, flush=True)
    vectors = np.vstack(found).astype(np.float64)
    return np.asarray(vectors - vectors.mean(axis=0))


def by_stem(words: Sequence[str], vectors: Floats) -> tuple[dict[str, int], Floats]:
    """A column for each stem and the mean vector of its forms."""
    forms: dict[str, list[int]] = {}
    for row, word in enumerate(words):
        if is_telling(word, "en"):
            forms.setdefault(stem(word, "en"), []).append(row)
    columns = columns_of([dict.fromkeys(forms, 1.0)])
    return columns, np.array([vectors[forms[key]].mean(axis=0) for key in columns])


def sums_of(sentences: Sequence[str], columns: dict[str, int]) -> tuple[csr_matrix, NDArray[np.int64]]:
    """The sentences' tf-idf rows of unit length, and in how many each stem stands."""
    counts = rows([_stems(sentence) for sentence in sentences], columns)
    often = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + len(sentences) / (often + 1.0))
    return weighted(counts, idf / idf.max()), often


def _stems(sentence: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for word, count in counted(sentence).items():
        if is_telling(word, "en"):
            found[stem(word, "en")] = found.get(stem(word, "en"), 0.0) + count
    return found


def moved(table: Floats, sums: csr_matrix, wanted: Floats) -> Floats:
    """The table scaled, then T + S'(SS' + ridge)^-1 (E - ST): what the sums lack, laid on the stems that they hold."""
    told = np.diff(sums.indptr) >= 2
    sums, wanted = sums[told], wanted[told]
    first = sums @ table
    scale = float((first * wanted).sum() / (first * first).sum())
    lacking = wanted - scale * first
    left = float((lacking**2).sum() / (wanted**2).sum())
    print(f"{sums.shape[0]} sentences, scale {scale:.2f}, left unexplained {left:.2f}")
    return np.asarray(scale * table + sums.T @ _solved(sums, lacking))


def _solved(sums: csr_matrix, lacking: Floats) -> Floats:
    """(SS' + ridge) X = lacking, by conjugate gradients (Hestenes & Stiefel 1952), each column by itself."""
    found, rest = np.zeros_like(lacking), lacking.copy()
    way, size = rest.copy(), (rest * rest).sum(axis=0)
    for _ in range(STEPS):
        pulled = sums @ (sums.T @ way) + RIDGE * way
        step = size / np.maximum((way * pulled).sum(axis=0), 1e-30)
        found += step * way
        rest -= step * pulled
        fresh = (rest * rest).sum(axis=0)
        way = rest + fresh / np.maximum(size, 1e-30) * way
        size = fresh
    return found


def reduced(table: Floats, often: NDArray[np.int64]) -> NDArray[np.int8]:
    """Turned to the main directions, found with common words counting more; as int8."""
    centred = (table - table.mean(axis=0)) * np.sqrt(np.minimum(often + 1, COMMON))[:, np.newaxis]
    directions = np.linalg.svd(centred.T @ centred)[0][:, :WIDTH]
    turned = table @ directions
    scale = np.percentile(np.abs(turned), 99.95)
    return np.clip(np.round(turned / scale * 127), -127, 127).astype(np.int8)


def nearness(columns: dict[str, int], made: NDArray[np.int8]) -> Iterator[str]:
    """How near a table comes to the shipped one: stems, and the likenesses of pairs of them."""
    stems = (TABLES / "senses.txt").read_text("utf-8").split()
    shipped = np.load(TABLES / "senses.npy").astype(np.float64)
    shared = [key for key in stems if key in columns]
    yield f"stems: {len(columns)} made, {len(stems)} shipped, {len(shared)} in both"
    place = {key: row for row, key in enumerate(stems)}
    one, other = shipped[[place[key] for key in shared]], made[[columns[key] for key in shared]].astype(np.float64)
    chance = np.random.default_rng(1).integers(0, len(shared), (2, 200_000))
    likeness = [_cosines(table[chance[0]], table[chance[1]]) for table in (one, other)]
    off = np.abs(likeness[0] - likeness[1])
    yield f"likeness of 200 000 pairs: correlation {np.corrcoef(likeness)[0, 1]:.4f}, mean difference {off.mean():.4f}"


def _cosines(one: Floats, other: Floats) -> Floats:
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(axis=1) / np.maximum(lengths, 1e-12))


def main() -> None:
    """Read the arguments, check the model, write the two files or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--leave-out", type=Path, action="append", default=[])
    parser.add_argument("--to", type=Path, default=TABLES)
    parser.add_argument("--compare", action="store_true")
    asked = parser.parse_args()
    if hashlib.sha256((asked.model / "model.safetensors").read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{asked.model}/model.safetensors is not the one that the table was made from")
    model = MiniLM(asked.model)
    known = {word for word in (asked.model / "vocab.txt").read_text("utf-8").split() if _WHOLE.fullmatch(word)}
    words = sorted(known | {word for word, count in mentions(asked.texts).items() if count >= LEAST})
    columns, table = by_stem(words, centred_vectors(model, words, "words"))
    sentences = chosen_sentences(asked.texts, texts_to_leave_out(asked.leave_out))
    sums, often = sums_of(sentences, columns)
    made = reduced(moved(table, sums, centred_vectors(model, sentences, "sentences")), often)
    print(f"{len(words)} words, {len(columns)} stems, {WIDTH} numbers each")
    for line in nearness(columns, made):
        print(line)
    if not asked.compare:
        (asked.to / "senses.txt").write_text("\n".join(columns) + "\n", "utf-8")
        np.save(asked.to / "senses.npy", made)


if __name__ == "__main__":
    main()
