"""Questions about documents on all cores: in this process where they are few, else in others, which know no store."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

from nlp.columns_reasons import Question

_FEW = 20_000  # pairs below which starting other processes (some 5 s each) takes longer than it saves
_AT_ONCE = 100  # needs a process is given at once
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
    questions = iter(questions)
    while bundle := list(islice(questions, _AT_ONCE)):
        yield bundle
