"""Crawls of an invented source at a local origin, for the tests of spiders."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from spiders.crawl import crawl
from terms.haul import Haul
from tests.origin import Notices, Origin, plan_since, settings_for

Crawl = Callable[..., Haul]
ROOT = Path(__file__).resolve().parents[1]


def crawler(folder: Path, origin: Origin) -> Crawl:
    """Crawl paths of the origin, or whole addresses, into `folder`; settings by name."""

    def address(url: str) -> str:
        return origin.url(url) if url.startswith("/") and not url.startswith("//") else url

    def run(
        *urls: str, source: Notices | None = None, since: str | None = None, run_key: str = "run1", **changed: object
    ) -> Haul:
        return crawl(
            source or Notices(*map(address, urls)),
            plan_since(since),
            into=folder / "hauls",
            captures=folder / "captures",
            run_key=run_key,
            settings=settings_for(origin, **changed),
        )

    return run


class Weighed(NamedTuple):
    """A crawl and what it cost. growth_mb: how far peak memory rose above that of a crawl of one small page."""

    haul: Haul
    growth_mb: float


def crawled_apart(folder: Path, origin: Origin, *urls: str, **changed: object) -> Weighed:
    """Crawl in a process of its own, so that its memory can be told from ours; `/1` must be a small page."""
    script = f"""
from pathlib import Path
from tests.crawling import crawler, peak_mb
from tests.origin import Origin
origin = Origin()
origin.port = {origin.port}
crawled = crawler(Path({str(folder)!r}), origin)
crawled("/1", run_key="before")
before = peak_mb()
haul = crawled(*{urls!r}, **{changed!r})
print(peak_mb() - before)
print(haul.model_dump_json())
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    growth, haul = ended.stdout.splitlines()
    return Weighed(Haul.model_validate_json(haul), float(growth))


def peak_mb(status: Path = Path("/proc/self/status")) -> float:
    """Most memory that a process held so far, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    assert found is not None
    return int(found[1]) / 1024
