"""A crawl that takes long lets another start, and every turn is given back once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from watch.turns import MOST, Turns


def test_so_many_start_at_once_and_all_come_to_their_turn() -> None:
    """Never more than `crawlers` while all are quick."""
    turns, inside, most, lock = Turns(3, long_s=60), [0], [0], threading.Lock()

    def crawl(_: int) -> None:
        with turns.turn():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            with lock:
                inside[0] -= 1

    with ThreadPoolExecutor(turns.most) as pool:
        list(pool.map(crawl, range(50)))
    assert inside == [0]
    assert 1 <= most[0] <= 3


def test_one_that_takes_long_lets_the_next_start() -> None:
    """With one crawler: the second runs while the first still waits for its publisher."""
    turns, answered = Turns(1, long_s=0.05), threading.Event()

    def silent() -> None:
        with turns.turn():
            assert answered.wait(30)

    def quick() -> None:
        with turns.turn():
            answered.set()

    with ThreadPoolExecutor(turns.most) as pool:
        for done in [pool.submit(silent), pool.submit(quick)]:
            done.result(60)


def test_a_turn_is_given_back_once() -> None:
    """By its end or by the clock: afterwards one turn is free, and not two."""
    turns, gone = Turns(1, long_s=0.01), threading.Event()
    with turns.turn():
        gone.wait(0.2)
    assert turns._free.acquire(blocking=False)
    assert not turns._free.acquire(blocking=False)


def test_there_is_a_limit_however_many_take_long() -> None:
    assert [Turns(n).most for n in (1, 32, 64)] == [3, MOST, MOST]
