"""The send journal survives kills, and two writers (fact 9, P15); the mail settings say what is missing."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digests.journal import Entry, append, read
from digests.settings import MailSettings
from terms.errors import SettingMissing
from watch.environment import read_settings

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def _entry(number: int) -> Entry:
    return Entry(
        at=NOW + timedelta(seconds=number), outbox_key=f"k/{number}", message_id=f"<{number}@v>", phase="sending"
    )


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    journal = tmp_path / "sends.jsonl"
    assert list(read(journal)) == []
    for number in range(3):
        append(journal, _entry(number))
    assert list(read(journal)) == [_entry(0), _entry(1), _entry(2)]


def test_every_cut_of_the_last_line_costs_that_line_only(tmp_path: Path) -> None:
    """A kill in the middle of a write; the next line starts on its own."""
    journal = tmp_path / "sends.jsonl"
    append(journal, _entry(0))
    append(journal, _entry(1))
    whole = journal.read_bytes()
    start = whole.index(b"\n") + 1
    for cut in range(start, len(whole) - 1):
        journal.write_bytes(whole[:cut])
        assert list(read(journal)) == [_entry(0)]
        append(journal, _entry(2))
        assert list(read(journal)) == [_entry(0), _entry(2)]


def test_a_line_without_its_line_end_still_counts(tmp_path: Path) -> None:
    journal = tmp_path / "sends.jsonl"
    append(journal, _entry(0))
    journal.write_bytes(journal.read_bytes().rstrip(b"\n"))
    append(journal, _entry(1))
    assert list(read(journal)) == [_entry(0), _entry(1)]


def test_an_unreadable_line_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal = tmp_path / "sends.jsonl"
    journal.write_bytes(b"\xff\xfe\n")
    assert list(read(journal)) == []
    assert [(r.getMessage(), vars(r)["line"]) for r in caplog.records] == [("unreadable line in the send journal", 1)]


def test_an_entry_is_on_the_disk_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        real(descriptor)
        synced.append((tmp_path / "sends.jsonl").read_bytes())

    monkeypatch.setattr(os, "fsync", watched)
    append(tmp_path / "sends.jsonl", _entry(0))
    assert len(synced) == 2, "the file, and the folder that names it"
    assert synced[0] == (tmp_path / "sends.jsonl").read_bytes()


def test_two_writers_do_not_mix_their_lines(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append(tmp_path / "sends.jsonl", _entry(number)), range(64)))
    assert sorted(read(tmp_path / "sends.jsonl"), key=lambda e: e.at) == [_entry(n) for n in range(64)]


def test_settings_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    monkeypatch.setenv("VARDE_SMTP_HOST", "localhost")
    monkeypatch.setenv("VARDE_SMTP_SENDER_ADDRESS", "varde@varde.example")
    monkeypatch.setenv("VARDE_SMTP_PASSWORD_FILE", str(secret))
    settings = read_settings(MailSettings, None)
    assert (settings.host, settings.port, settings.security) == ("localhost", 25, "starttls")
    assert settings.name == "varde.example"
    assert settings.password is not None and settings.password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings)


def test_every_missing_or_unusable_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARDE_SMTP_HOST", "")
    monkeypatch.setenv("VARDE_SMTP_PORT", "0")
    with pytest.raises(SettingMissing) as missing:
        read_settings(MailSettings, None)
    said = str(missing.value)
    assert all(name in said for name in ("VARDE_SMTP_HOST", "VARDE_SMTP_PORT", "VARDE_SMTP_SENDER_ADDRESS"))


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingMissing, match="VARDE_SMTP_PASSWORD_FILE"):
        MailSettings(host="localhost", sender_address="a@b.example", password_file=tmp_path / "none")


def test_every_setting_is_described() -> None:
    assert all(field.description for field in MailSettings.model_fields.values())
