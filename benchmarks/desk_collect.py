"""A collect run that goes on and on, for benchmarks/desk.py: hauls are left and absorbed by the real path.

python -m benchmarks.desk_collect HOME ITEMS     hauls of ITEMS items until its standard input ends; prints what it did
"""

import itertools
import select
import shutil
import sys
import time
from pathlib import Path

from benchmarks.world import leave_haul, sentences
from watch.absorb import absorb
from watch.house import open_house

_PAUSE_S = 2.0


def main(home: Path, size: int) -> None:
    """Each haul is absorbed as a whole, with twins, and a new copy is published; then a short rest."""
    house = open_house(None, home=home, maps=home / "companies", feeds=home / "feeds.yaml")
    said, begun, absorbed = sentences(), int(time.time()), 0
    for number in itertools.count():
        if select.select([sys.stdin], [], [], _PAUSE_S)[0]:
            break
        leave_haul(house.hauls, size, said, first=begun * 1_000 + number * size, key=f"{begun}-{number:06}")
        absorbed += sum(load.new for load in absorb(house))
        shutil.rmtree(house.hauls / "bench")
    print(f"{absorbed} items absorbed in {number} hauls, {time.process_time():.1f} s of CPU", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
