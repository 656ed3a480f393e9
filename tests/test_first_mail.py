"""What whoever tries Varde for the first time does: the file of `varde init`, and `varde sink`."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from terms.errors import SettingMissing
from tests.mailroom import mailroom
from watch.house import open_house
from watch.starting import starting_files

ROOT = Path(__file__).resolve().parent.parent


def test_the_settings_file_that_init_writes_serves_mails_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file for every room: what belongs to another is no error; what belongs to none is, with the nearest name."""
    for name in [name for name in os.environ if name.startswith("VARDE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    given = {"VARDE_CONTACT=": "me@broker.example", "VARDE_SMTP_HOST=": "127.0.0.1",
             "VARDE_SMTP_SENDER_ADDRESS=": "digest@broker.example",
             "VARDE_LIST_DOMAIN=": "lists.broker.example"}  # fmt: skip
    text = starting_files(tmp_path)[tmp_path / ".env"]
    for line, value in given.items():
        assert f"\n{line}\n" in text
        text = text.replace(f"\n{line}\n", f"\n{line}{value}\n")
    (tmp_path / ".env").write_text(text, "utf-8")
    house = open_house(tmp_path / ".env", home=tmp_path / "var")
    assert (house.mail.host, house.mail.sender_address) == ("127.0.0.1", "digest@broker.example")
    (tmp_path / ".env").write_text(text + "VARDE_SMTP_HOTS=x\n", "utf-8")
    with pytest.raises(SettingMissing, match="did you mean VARDE_SMTP_HOST"):
        open_house(tmp_path / ".env", home=tmp_path / "var")


def test_a_sink_keeps_mails_and_its_log_answers_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the settings that it prints; it says so where its port is taken."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
        command = [sys.executable, "-m", "varde", "sink", str(tmp_path / "mails"), "--port", str(port)]
        taken = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert (taken.returncode, "--port names another" in taken.stderr) == (1, True)
    with (
        mailroom(tmp_path, monkeypatch) as room,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sink,
    ):
        assert sink.stdout is not None
        said = [sink.stdout.readline().strip() for _ in range(5)]
        for name, value in (line.split("=", 1) for line in said if line.startswith("VARDE_")):
            monkeypatch.setenv(name, value)
        room.approve()
        room.deliver()
        sink.send_signal(signal.SIGINT)
    assert room.states() == ["sent"]
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 1
    assert (tmp_path / "mails" / "mail.log").read_text("utf-8").count("message-id=<varde.") == 1
