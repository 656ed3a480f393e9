"""Crawls of an invented source at a local origin, for the tests of spiders."""

from collections.abc import Callable
from pathlib import Path

from spiders.crawl import crawl
from terms.haul import Haul
from tests.origin import Notices, Origin, plan_since, settings_for

Crawl = Callable[..., Haul]


def crawler(folder: Path, origin: Origin) -> Crawl:
    """Crawl paths of the origin, or whole addresses, into `folder`; settings by name."""

    def address(url: str) -> str:
        return origin.url(url) if url.startswith("/") and not url.startswith("//") else url

    def run(*urls: str, source: Notices | None = None, since: str | None = None, **changed: object) -> Haul:
        return crawl(
            source or Notices(*map(address, urls)),
            plan_since(since),
            into=folder / "hauls",
            captures=folder / "captures",
            run_key="run1",
            settings=settings_for(origin, **changed),
        )

    return run
