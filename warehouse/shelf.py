"""Files that can be made again from the stores, kept because to make them takes long: each is whole or not there."""

import os
from pathlib import Path


class Shelf:
    """A folder of such files; it may be removed at any time, and is no part of a backup."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path | None:
        """Where a file stands, if it does."""
        found = self._folder / name
        return found if found.exists() else None

    def read(self, name: str) -> bytes | None:
        """A file, if it is there."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, name: str, octets: bytes) -> None:
        """Keep a file in place of its former self; a kill leaves one or the other."""
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f".{name}.{os.getpid()}"
        fresh.write_bytes(octets)
        fresh.replace(self._folder / name)

    def names(self) -> list[str]:
        """The files that are there."""
        return (
            sorted(p.name for p in self._folder.iterdir() if not p.name.startswith("."))
            if self._folder.exists()
            else []
        )

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        (self._folder / name).unlink(missing_ok=True)
