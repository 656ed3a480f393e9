"""What the relay's own log says of a mail (fact 11). Lines are written by us in Postfix's format."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.relaylog import accepted

BEGAN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
OURS = "<varde.0a1b@varde.example>"
EARLIER = (-60, "postfix-script", "starting the Postfix mail system")
CLEANUP = (1, "cleanup", f"4F2AC0FFEE: message-id={OURS}")
ACTIVE = (2, "qmgr", "4F2AC0FFEE: from=<varde@varde.example>, size=1024, nrcpt=1 (queue active)")

Entry = tuple[int, str, str]


def _written(path: Path, *entries: Entry, is_traditional: bool = False) -> Path:
    """Entries as (seconds after BEGAN, daemon, message)."""
    lines = []
    for seconds, daemon, message in entries:
        local = (BEGAN + timedelta(seconds=seconds)).astimezone()
        stamp = f"{local:%b} {local.day:2} {local:%H:%M:%S}" if is_traditional else local.isoformat()
        lines.append(f"{stamp} relay postfix/{daemon}[42]: {message}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _asked(path: Path, *entries: Entry) -> bool | None:
    return accepted(_written(path, *entries), OURS, since=BEGAN)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "mail.log"


@pytest.mark.parametrize("is_traditional", [False, True])
def test_a_queued_mail_was_accepted(log: Path, is_traditional: bool) -> None:
    _written(log, EARLIER, CLEANUP, ACTIVE, is_traditional=is_traditional)
    assert accepted(log, OURS, since=BEGAN) is True
    assert accepted(log, "<another@varde.example>", since=BEGAN) is False


def test_a_delivery_without_a_queue_line_was_accepted_too(log: Path) -> None:
    to = "4F2AC0FFEE: to=<ola@x.no>, relay=none, delay=1, dsn=4.4.1, status=deferred (connection refused)"
    assert _asked(log, EARLIER, CLEANUP, (3, "smtp", to)) is True


@pytest.mark.parametrize(
    "after",
    [
        (2, "smtpd", "lost connection after DATA (1024 bytes) from localhost[127.0.0.1]"),
        (2, "cleanup", "4F2AC0FFEE: reject: END-OF-MESSAGE from localhost[127.0.0.1]: 4.7.1 Try later"),
        (2, "qmgr", "5555C0FFEE: from=<varde@varde.example>, size=9, nrcpt=1 (queue active)"),
        (2, "smtpd", "4F2AC0FFEE: from=<varde@varde.example>, size=9, nrcpt=1 (queue active)"),
    ],
)
def test_a_mail_that_was_read_and_not_queued_was_not_accepted(log: Path, after: Entry) -> None:
    assert _asked(log, EARLIER, CLEANUP, after) is False


def test_a_queue_id_that_is_used_again_speaks_for_the_other_mail(log: Path) -> None:
    other = (2, "cleanup", "4F2AC0FFEE: message-id=<other@varde.example>")
    assert _asked(log, EARLIER, CLEANUP, other, (3, *ACTIVE[1:])) is False


def test_a_second_attempt_that_was_taken_counts(log: Path) -> None:
    again = (9, "cleanup", f"7777C0FFEE: message-id={OURS}")
    queued = (9, "qmgr", "7777C0FFEE: from=<varde@varde.example>, size=1024, nrcpt=1 (queue active)")
    assert _asked(log, EARLIER, CLEANUP, again, queued) is True


def test_a_discarded_mail_was_taken_and_a_held_one_cannot_be_told(log: Path) -> None:
    assert _asked(log, EARLIER, CLEANUP, (2, "cleanup", "4F2AC0FFEE: discard: header Subject: x")) is True
    assert _asked(log, EARLIER, CLEANUP, (2, "cleanup", "4F2AC0FFEE: hold: header Subject: x")) is None


@pytest.mark.parametrize(
    "forged",
    [
        f"connect from x postfix/cleanup[1]: 4F2AC0FFEE: message-id={OURS}",
        f"warning: header Subject: postfix/cleanup[1]: 4F2AC0FFEE: message-id={OURS}",
        f"4F2AC0FFEE: message-id=<a@b> postfix/cleanup[1]: 4F2AC0FFEE: message-id={OURS}",
    ],
)
def test_a_line_that_quotes_our_line_is_not_our_line(log: Path, forged: str) -> None:
    assert _asked(log, EARLIER, (1, "cleanup", forged), ACTIVE) is False


def test_a_log_that_does_not_reach_back_cannot_tell(log: Path) -> None:
    assert _asked(log, (5, "smtpd", "connect from localhost[127.0.0.1]")) is None
    log.write_bytes(b"")
    assert accepted(log, OURS, since=BEGAN) is None
    assert accepted(log.with_name("none"), OURS, since=BEGAN) is None
    assert accepted(log.parent, OURS, since=BEGAN) is None


def test_rotated_logs_are_read_as_one(log: Path) -> None:
    _written(log, (90, "smtpd", "connect from localhost[127.0.0.1]"))
    _written(log.with_name("mail.log.1"), ACTIVE)
    packed = log.with_name("mail.log.2.gz")
    packed.write_bytes(gzip.compress(_written(log.with_name("plain"), EARLIER, CLEANUP).read_bytes()))
    assert accepted(log, OURS, since=BEGAN) is True
    packed.write_bytes(packed.read_bytes()[:-12])
    assert accepted(log, "<another@varde.example>", since=BEGAN) is None


def test_an_empty_new_log_leaves_it_to_the_rotated_one(log: Path) -> None:
    log.write_bytes(b"")
    _written(log.with_name("mail.log.1"), EARLIER, CLEANUP)
    assert accepted(log, OURS, since=BEGAN) is False


def test_new_year_and_a_leap_day_in_stamps_without_a_year(log: Path) -> None:
    log.write_text(f"Dec 31 23:59:58 relay postfix/cleanup[1]: 4F2AC0FFEE: message-id={OURS}\n")
    assert accepted(log, OURS, since=datetime(2027, 1, 1, 12, tzinfo=UTC)) is False
    log.write_text(f"Feb 29 12:00:00 relay postfix/cleanup[1]: 4F2AC0FFEE: message-id={OURS}\n")
    assert accepted(log, OURS, since=datetime(2028, 3, 1, tzinfo=UTC)) is False
    log.write_text(f"Feb 30 12:00:00 relay postfix/cleanup[1]: 4F2AC0FFEE: message-id={OURS}\n")
    assert accepted(log, OURS, since=datetime(2028, 3, 1, tzinfo=UTC)) is None


@given(noise=st.lists(st.binary(max_size=200), max_size=8))
def test_hostile_bytes_change_nothing(noise: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    log = _written(tmp_path_factory.mktemp("log") / "mail.log", EARLIER, CLEANUP, ACTIVE)
    first, second, third = log.read_bytes().splitlines(keepends=True)
    junk = b"".join(b"\xff" + piece + b"\n" for piece in noise) + b"x" * 100_000 + b"\n"
    log.write_bytes(first + junk + second + junk + third)
    assert accepted(log, OURS, since=BEGAN) is True
