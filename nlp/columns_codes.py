"""Codes of many documents against codes of many needs: each distinct code is compared once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nlp.codes import agreements
from nlp.columns_scan import Numbers, Places
from nlp.postings import Singles
from terms.company import NeedVersion

_SUBCLASS = 4
Strengths = tuple[Places, Numbers, Singles]


class CodeBook:
    """The needs that agree with each code met so far, and how much."""

    def __init__(self, needs: Sequence[NeedVersion]) -> None:
        self._needs = needs
        self._near: dict[str, list[int]] = defaultdict(list)
        for number, version in enumerate(needs):
            for key in {_group(f"cpc:{code}") for code in version.need.cpc} | {
                _group(f"arxiv:{code}") for code in version.need.arxiv
            }:
                self._near[key].append(number)
        self._known: dict[str, tuple[Numbers, Singles]] = {}

    def strengths(self, codes: pa.Array) -> Strengths:
        """For each document (a list of codes a row) the needs that one of its codes agrees with, and how much.

        Row r holds indptr[r] to indptr[r+1] of needs and agreements; a need may stand there more than once.
        """
        flat = pc.list_flatten(codes).dictionary_encode()
        rows = pc.list_parent_indices(codes).to_numpy(zero_copy_only=False)
        found = [self._agreeing(code) for code in flat.dictionary.to_pylist()]
        if not any(len(needs) for needs, _ in found):
            return np.zeros(len(codes) + 1, dtype=np.int64), np.empty(0, np.int32), np.empty(0, np.float32)
        which = flat.indices.to_numpy(zero_copy_only=False)
        sizes = np.array([len(needs) for needs, _ in found])[which]
        indptr = np.concatenate((np.zeros(1), np.cumsum(np.bincount(rows, weights=sizes, minlength=len(codes)))))
        needs = np.concatenate([found[code][0] for code in which.tolist()])
        much = np.concatenate([found[code][1] for code in which.tolist()])
        return indptr.astype(np.int64), needs, much

    def _agreeing(self, code: str) -> tuple[Numbers, Singles]:
        if code not in self._known:
            pairs = list(self._compared(code))
            needs = np.array([need for need, _ in pairs], dtype=np.int32)
            self._known[code] = needs, np.array([much for _, much in pairs], dtype=np.float32)
        return self._known[code]

    def _compared(self, code: str) -> Iterator[tuple[int, float]]:
        for number in self._near.get(_group(code), ()):
            for _, much in agreements(self._needs[number].need, [code]):
                yield number, much


def _group(code: str) -> str:
    """What codes must share to agree at all: the office's subclass, or arXiv's archive."""
    scheme, _, value = code.partition(":")
    if scheme.lower() == "arxiv":
        return f"arxiv:{value.lower().split('.')[0]}"
    return "office:" + "".join(value.upper().split())[:_SUBCLASS] if scheme.lower() in ("cpc", "ipc") else ""
