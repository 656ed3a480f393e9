"""What the kill trials kill: collect and absorb on a house, as `varde` does, in small transactions.

python -m tests.killed FOLDER collect|absorb     says "ready" when everything is imported, "done" at the end
"""

import sys
from pathlib import Path

from watch.absorb import absorb
from watch.collect import collect
from watch.house import House, open_house

PART = 40
MONDAY = "2026-11-23T08:00:00Z"


def house_in(folder: Path) -> House:
    """The house of a trial, under a fixed clock."""
    return open_house(None, home=folder / "home", maps=folder / "companies", feeds=folder / "feeds.yaml", now=MONDAY)


def main() -> None:
    """Collect what is recorded, unless only absorbing is asked for; then absorb."""
    folder, work = Path(sys.argv[1]), sys.argv[2]
    print("ready", flush=True)
    house = house_in(folder)
    if work == "collect":
        collect(house, replay=folder / "replay")
    absorb(house, size=PART)
    print("done", flush=True)


if __name__ == "__main__":
    main()
