"""Ask the relay's own log whether it took a mail (RELIABILITY fact 11 and section 7).

Format: Postfix in syslog, with RFC 3339 or traditional (`Nov 23 07:00:01`, local time, no year) stamps. Cleanup names
the Message-ID of a queue id; the queue manager, or a delivery, names the queue id only once the mail was accepted.
"""

import calendar
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, cast

_LONGEST_LINE = 8192
_ROTATIONS = 60
_UNREADABLE = (OSError, EOFError, zlib.error)
_ENTRY = re.compile(
    rb"(?P<stamp>\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ "
    rb"postfix[\w.-]*/(?:[\w-]+/)*(?P<daemon>[\w-]+)\[\d+\]: (?:(?P<queue>[0-9A-Za-z]{5,}): )?(?P<said>.*)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) ")
_ACTIVE = re.compile(rb"from=<[^ ]*>, size=\d+, nrcpt=\d+ \(queue active\)")
_DELIVERED = re.compile(rb"to=<[^ ]*>, .*\bstatus=(?:sent|deferred|bounced|expired)\b")


@dataclass
class _Search:
    """What the log said so far. queues: queue ids that carry our Message-ID now; ids are used again."""

    message_id: bytes
    queues: set[bytes] = field(default_factory=set)
    was_accepted: bool = False
    is_held: bool = False
    reaches: datetime | None = None

    def hear(self, line: bytes, since: datetime) -> None:
        """Take one line of the log into account, oldest first."""
        if self.reaches is None:
            self.reaches = _stamp(line, since)
        entry = _ENTRY.fullmatch(line)
        if entry is None or entry["queue"] is None:
            return
        if entry["daemon"] == b"cleanup" and entry["said"].startswith(b"message-id="):
            self._carries(entry["queue"], entry["said"].removeprefix(b"message-id="))
        elif entry["queue"] in self.queues:
            self._judge(entry["daemon"], entry["said"])

    def _carries(self, queue: bytes, message_id: bytes) -> None:
        if message_id == self.message_id:
            self.queues.add(queue)
        else:
            self.queues.discard(queue)

    def _judge(self, daemon: bytes, said: bytes) -> None:
        is_active = daemon == b"qmgr" and _ACTIVE.fullmatch(said)
        # Postfix answers 250 to what it discards, and would discard it again.
        if is_active or _DELIVERED.match(said) or (daemon == b"cleanup" and said.startswith(b"discard: ")):
            self.was_accepted = True
        elif daemon == b"cleanup" and said.startswith(b"hold: "):
            self.is_held = True


def accepted(log: Path, message_id: str, *, since: datetime) -> bool | None:
    """Whether the relay took the mail: True or False, or None where the log cannot tell.

    since: aware; when the first attempt to send began. The log is read with its rotated files (`log.1`, `log.2.gz` …),
    one line at a time. None where it cannot be read, begins later than `since`, or says that the mail is held.
    """
    search, is_whole = _Search(message_id.encode("utf-8", "replace")), True
    with ExitStack() as stack:
        try:
            files = [stack.enter_context(file) for file in _opened(log, since)]
        except OSError:
            return None
        for file in reversed(files):
            is_whole &= _read(file, search, since)
    if search.was_accepted:
        return True
    covers = search.reaches is not None and search.reaches <= since
    return False if is_whole and covers and not search.is_held else None


def _read(file: IO[bytes], search: _Search, since: datetime) -> bool:
    """Hear every line of one file; whether it could be read to its end."""
    try:
        for line in _lines(file):
            search.hear(line, since)
    except _UNREADABLE:
        return False
    return True


def _opened(log: Path, since: datetime) -> Iterator[IO[bytes]]:
    """The log and as many of its rotated files as reach back to `since`, newest first.

    In this order a rotation meanwhile shows a file twice, and never hides one.
    """
    for path in _paths(log):
        file = cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115
        yield file
        if _begins_before(file, since):
            return


def _paths(log: Path) -> Iterator[Path]:
    """The log, then its rotated files, newest first."""
    yield log
    for number in range(1, _ROTATIONS):
        plain, packed = (log.with_name(f"{log.name}.{number}{end}") for end in ("", ".gz"))
        if not plain.exists() and not packed.exists():
            return
        yield plain if plain.exists() else packed


def _begins_before(file: IO[bytes], since: datetime) -> bool:
    """Whether the first stamp of a file is no later than `since`; the file is wound back."""
    try:
        first = next((stamp for stamp in (_stamp(line, since) for line in _lines(file)) if stamp), None)
        file.seek(0)
    except _UNREADABLE:
        return False
    return first is not None and first <= since


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines without their end; what is longer than a syslog line comes in pieces that match nothing."""
    while line := file.readline(_LONGEST_LINE):
        yield line.rstrip(b"\r\n")


def _stamp(line: bytes, near: datetime) -> datetime | None:
    """When a line was written; a traditional stamp gets the year that brings it nearest to `near`."""
    found = _STAMP.match(line)
    if found is None:
        return None
    text = found[1].decode("ascii", "replace")
    try:
        if text[0].isdigit():
            stamp = datetime.fromisoformat(text)
            return stamp if stamp.tzinfo else stamp.astimezone()
        return _with_nearest_year(text, near)
    except ValueError:
        return None


def _with_nearest_year(text: str, near: datetime) -> datetime:
    """`Nov 23 07:00:01` in local time; ValueError where no year has that day."""
    month, day, clock = _MONTHS.index(text[:3]) + 1, int(text[4:6]), text[7:]
    year = near.astimezone().year
    years = [y for y in (year - 1, year, year + 1) if day <= calendar.monthrange(y, month)[1]]
    stamps = (datetime.fromisoformat(f"{y}-{month:02}-{day:02}T{clock}").astimezone() for y in years)
    return min(stamps, key=lambda stamp: abs(stamp - near))
