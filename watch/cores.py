"""Questions about documents on all cores: in this process where they are few, else in others, which know no store."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from nlp.columns_reasons import Question

_FEW = 20_000  # pairs below which starting other processes (some 5 s each) takes longer than it saves
_AT_ONCE = 1000  # documents a process is given at once, or those of one question
Answer = TypeVar("Answer")


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def answered(
    work: Callable[[Sequence[Question]], list[Answer]], questions: Iterable[Question], pairs: int
) -> Iterator[Answer]:
    """What `work` says to the questions, in turn. pairs: how many documents they have together."""
    if pairs < _FEW:
        yield from (one for bundle in _bundled(questions) for one in work(bundle))
        return
    with ProcessPoolExecutor(cores(), mp_context=get_context("spawn")) as pool:
        waiting = deque[Future[list[Answer]]]()
        for bundle in _bundled(questions):
            waiting.append(pool.submit(work, bundle))
            if len(waiting) > 2 * cores():
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _bundled(questions: Iterable[Question]) -> Iterator[list[Question]]:
    bundle, size = list[Question](), 0
    for question in questions:
        bundle.append(question)
        size += len(question.documents)
        if size >= _AT_ONCE:
            yield bundle
            bundle, size = [], 0
    if bundle:
        yield bundle
