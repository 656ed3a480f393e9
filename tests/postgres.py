"""Debian's PostgreSQL, started for the tests on a socket in a temporary folder; none is needed to be running."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl, newest version first, or None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: -int(p.parts[-3]))
    return found[0].parent if found else None


@contextmanager
def server() -> Iterator[str]:
    """The URL of a fresh server without a network port."""
    folder = Path(tempfile.mkdtemp(prefix="varde-pg-"))
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    home, tools = folder / "data", binaries()
    assert tools is not None
    _run(user, [tools / "initdb", "-D", home, "-A", "trust", "-U", "varde", "-N", "--locale=C.UTF-8", "-E", "UTF8"])
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    _run(user, [tools / "pg_ctl", "-D", home, "-w", "-o", options, "-l", folder / "log", "start"])
    try:
        yield f"postgresql://varde@/postgres?host={folder}"
    finally:
        _run(user, [tools / "pg_ctl", "-D", home, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _run(user: str, command: list[Path | str]) -> None:
    as_user = {"user": user} if os.geteuid() == 0 else {}
    subprocess.run(list(map(str, command)), check=True, capture_output=True, cwd="/", **as_user)
