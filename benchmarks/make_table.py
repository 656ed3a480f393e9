"""Makes nlp/tables/senses.txt and senses.npy from all-MiniLM-L6-v2; see nlp/tables/README.md. Not run by anything.

    make_table.py MODEL TEXTS     MODEL: folder with model.safetensors and tokenizer; TEXTS: a folder of public records

Needs torch and transformers in an environment of its own, beside Varde's numpy and snowballstemmer; no network. Each
word goes through the model once; the mean is taken off; the main directions are found with common words counting more;
the forms of a stem are averaged by how common they are; int8. No labelled set has a part in it: TEXTS only say which
words are common.
"""

import hashlib
import math
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.languages import is_telling, stem

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WIDTH, BATCH, COMMON, LEAST = 96, 64, 30, 3  # directions, words at once, cap of a word's weight, mentions of a word
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


def vectors_of(words: list[str], model: Path) -> Floats:
    """Mean of the last layer over the word's pieces, of length 1."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch  # noqa: PLC0415 - in no environment of Varde's
    from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415 - the same

    cut: Any = AutoTokenizer.from_pretrained(str(model))
    net: Any = AutoModel.from_pretrained(str(model)).eval()
    rows = []
    with torch.inference_mode():
        for start in range(0, len(words), BATCH):
            pieces = cut(words[start : start + BATCH], padding=True, return_tensors="pt")
            layer, held = net(**pieces).last_hidden_state, pieces["attention_mask"][..., None].float()
            mean = (layer * held).sum(1) / held.sum(1)
            rows.append(torch.nn.functional.normalize(mean, dim=1).numpy())
    return np.vstack(rows).astype(np.float64)


def reduced(vectors: Floats, often: list[int]) -> Floats:
    """The mean taken off, turned to the main directions."""
    centred = vectors - vectors.mean(axis=0)
    weights = np.sqrt(np.minimum(often, COMMON))[:, np.newaxis]
    _, _, directions = np.linalg.svd(centred * weights, full_matrices=False)
    return np.asarray(centred @ directions[:WIDTH].T)


def by_stem(words: list[str], vectors: Floats, often: list[int]) -> tuple[list[str], Floats]:
    """One row a stem."""
    sums: dict[str, Floats] = {}
    weights: dict[str, float] = {}
    for word, vector, count in zip(words, vectors, often, strict=True):
        if is_telling(word, "en"):
            key, weight = stem(word, "en"), math.log1p(count)
            sums[key] = sums.get(key, np.zeros(WIDTH)) + weight * vector
            weights[key] = weights.get(key, 0.0) + weight
    stems = sorted(sums)
    return stems, np.array([sums[key] / weights[key] for key in stems])


def main() -> None:
    """Read the arguments, check the model, write the two files."""
    model, texts = Path(sys.argv[1]), Path(sys.argv[2])
    if hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{model}/model.safetensors is not the one that the table was made from")
    known = {word for word in (model / "vocab.txt").read_text("utf-8").split() if _WHOLE.fullmatch(word)}
    found = mentions(texts)
    words = sorted(known | {word for word, count in found.items() if count >= LEAST})
    often = [found.get(word, 1) for word in words]
    stems, rows = by_stem(words, reduced(vectors_of(words, model), often), often)
    scale = np.percentile(np.abs(rows), 99.95)
    (TABLES / "senses.txt").write_text("\n".join(stems) + "\n", "utf-8")
    np.save(TABLES / "senses.npy", np.clip(np.round(rows / scale * 127), -127, 127).astype(np.int8))
    print(f"{len(words)} words, {len(stems)} stems, {WIDTH} numbers each")


if __name__ == "__main__":
    main()
