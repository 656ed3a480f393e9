"""The send journal: append-only and fsynced, outside every backup, so that a lost ledger tail shows (fact 9, P15)."""

import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from terms.base import Term

_log = logging.getLogger(__name__)


class Entry(Term):
    """One step of one mail. phase: `sending` before the server is called, then what became of it."""

    at: AwareDatetime
    outbox_key: str
    message_id: str
    phase: Literal["sending", "sent", "refused", "temporary", "unknown"]


def append(journal: Path, entry: Entry) -> None:
    """Add one line and return once it is on the disk. A line that a kill has torn is closed first. Raises OSError."""
    is_new = not journal.exists()
    with journal.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        line = entry.model_dump_json().encode("utf-8") + b"\n"
        file.write(line if _is_whole(file.fileno()) else b"\n" + line)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_folder(journal.parent)


def read(journal: Path) -> Iterator[Entry]:
    """Every entry, oldest first; none where there is no journal. A torn line is skipped, and said in the log."""
    if not journal.exists():
        return
    with journal.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield Entry.model_validate_json(line)
            except ValidationError:
                _log.warning("unreadable line in the send journal", extra={"journal": str(journal), "line": number})


def _is_whole(descriptor: int) -> bool:
    """Whether the file ends with a line end, or is empty."""
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk only once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
