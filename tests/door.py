"""The command line as a user meets it, for tests: verbs in this process or in one of their own, and a small world."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from varde import main as front

ROOT = Path(__file__).resolve().parent.parent
MONDAY, TUESDAY, WEDNESDAY = "2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z"


class Said(NamedTuple):
    """What a verb said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)


@dataclass
class Door:
    """Runs verbs on one house in `folder`. options: what stands before the verb."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    options: dict[str, str] = field(default_factory=dict)

    def words(self, *verb: str, now: str = MONDAY) -> list[str]:
        """The whole command after `varde`."""
        chosen = {"home": str(self.folder / "home"), "maps": str(self.folder / "companies"), "now": now} | self.options
        return [word for name, value in chosen.items() for word in (f"--{name}", value)] + list(verb)

    def __call__(self, *verb: str, now: str = MONDAY) -> Said:
        """Run a verb in this process; a fault that nobody foresaw fails the test."""
        self.patch.setattr(sys, "argv", ["varde", *self.words(*verb, now=now)])
        self.patch.setattr(sys, "excepthook", sys.excepthook)  # main sets its own
        self.capture.readouterr()
        with pytest.raises(SystemExit) as end:
            front.main()
        return Said(int(end.value.code or 0), *self.capture.readouterr())

    def start(
        self, *verb: str, now: str = MONDAY, prefix: Sequence[str] = (), **environment: str
    ) -> subprocess.Popen[str]:
        """Start a verb in a process of its own, as a user would. prefix: a command that starts it."""
        return subprocess.Popen(
            [*prefix, sys.executable, "-m", "varde", *self.words(*verb, now=now)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def outside(self, *verb: str, now: str = MONDAY, prefix: Sequence[str] = (), **environment: str) -> Said:
        """Run a verb in a process of its own to its end."""
        with self.start(*verb, now=now, prefix=prefix, **environment) as running:
            said = running.communicate(timeout=120)
        return Said(running.returncode, *said)


def rss(*titles: str, padding: int = 0) -> bytes:
    """A small RSS 2.0 feed. padding: bytes of comment that make it large."""
    entries = "".join(
        f"<item><title>{title}</title><link>https://journal.example/{number}-{len(title)}</link>"
        f"<description>{title}, measured on seals at 700 bar.</description></item>"
        for number, title in enumerate(titles)
    )
    comment = f"<!-- {'x' * padding} -->" if padding else ""
    return f'<rss version="2.0"><channel><title>J</title>{comment}{entries}</channel></rss>'.encode()


def write_feeds(folder: Path, *names: str) -> None:
    """A feed list with these feeds, at addresses that do not exist."""
    facts = {
        "publisher": "Invented Society", "home": "https://society.example", "licence": "CC0", "terms": "https://t.example",
        "attribution": "Invented", "kind": "publication", "every": 24, "expect": [0, 100], "rate": 1,
    }  # fmt: skip
    feeds = [{"name": n, "title": f"Letters of {n}", "url": f"https://{n}.example/feed", **facts} for n in names]
    (folder / "feeds.yaml").write_text(json.dumps(feeds, indent=1), "utf-8")  # JSON is YAML


def write_replay(folder: Path, answers: Mapping[str, bytes | int | str]) -> Path:
    """A folder of recorded answers, one a feed: a body, a status without one, or an error (`timeout`)."""
    folder.mkdir(parents=True)
    lines = []
    for name, answer in answers.items():
        line: dict[str, object] = {"source": name, "url": f"https://{name}.example/feed"}
        if isinstance(answer, bytes):
            (folder / name).write_bytes(answer)
            line |= {"status": 200, "headers": {"content-type": "application/rss+xml"}, "file": name}
        else:
            line |= {"status": answer} if isinstance(answer, int) else {"error": answer}
        lines.append(json.dumps(line))
    (folder / "index.jsonl").write_text("\n".join(lines), "utf-8")
    return folder
