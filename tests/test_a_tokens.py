"""A crawl that outlasts its token logs in again, once for all that waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spiders.crawl import crawl
from spiders.page import Plan
from spiders.sources.epo_ops import EpoOps
from terms.haul import Haul
from terms.source import Focus
from tests.origin import NOW, Asked, Origin, Reply, serving, settings_for
from tests.test_spiders_sources import RECORDINGS

LOG_IN = "/auth/accesstoken"
LAPSED = b"<error><code>400</code><message>invalid_access_token</message></error>"
SEARCH = (RECORDINGS / "epo_ops" / "page.search.xml").read_bytes()
KEYS = {"epo_ops_key": "the key", "epo_ops_secret": "the secret"}


class Office(Origin):
    """A stand-in for OPS: each token holds for so many searches. refusal: how it says that one is too old."""

    searches = 2
    refusal = Reply(LAPSED, status=400)

    def reply(self, asked: Asked) -> Reply:
        """A new token, documents, or the refusal."""
        self.asked.append(asked)
        if asked.path == LOG_IN:
            self.left = self.searches
            return Reply(b'{"access_token": "token%d"}' % self.log_ins)
        if not asked.path.startswith("/rest-services"):
            return Reply(status=404)
        if asked.headers["authorization"] != f"Bearer token{self.log_ins}" or not self.left:
            return self.refusal
        self.left -= 1
        return Reply(SEARCH)

    @property
    def log_ins(self) -> int:
        """How often somebody logged in."""
        return self.paths().count(LOG_IN)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr("tests.origin.Origin", Office)
    with serving() as origin:
        assert isinstance(origin, Office)
        yield origin


def crawled(office: Office, folder: Path, *classes: str) -> Haul:
    source = EpoOps()
    source.server, source.rate = office.url(""), 0.001
    return crawl(
        source,
        Plan(now=NOW, keys=KEYS, focus=Focus(cpc=classes)),
        into=folder / "hauls",
        captures=folder / "captures",
        run_key="run1",
        settings=settings_for(office),
    )


@pytest.mark.parametrize("refusal", [Reply(LAPSED, status=400), Reply(status=401)])
def test_a_token_that_lapses_is_renewed_within_the_crawl(office: Office, tmp_path: Path, refusal: Reply) -> None:
    """Five searches with tokens for two each: all are answered, and only what was refused is asked again."""
    office.refusal = refusal
    haul = crawled(office, tmp_path, "A01B", "B25J", "C07D", "G01N", "H04L")
    assert (haul.state, haul.cursor, haul.counts["failed_pages"]) == ("complete", "2026-11-23", 0)
    searches = [path for path in office.paths() if path.startswith("/rest-services")]
    assert (len(set(searches)), office.log_ins, haul.counts["pages"]) == (5, 3, 8)
    assert len(searches) <= 10


def test_a_search_that_is_refused_with_a_new_token_too_is_an_error(office: Office, tmp_path: Path) -> None:
    """No endless logging in."""
    office.searches = 0
    haul = crawled(office, tmp_path, "A01B", "B25J")
    assert (haul.state, haul.counts["failed_pages"], office.log_ins) == ("failed", 2, 2)


def test_a_log_in_that_no_longer_works_ends_in_an_error(office: Office, tmp_path: Path) -> None:
    """What waited for the token is not counted as read."""
    office.searches = 1
    first = office.reply

    def once(asked: Asked) -> Reply:
        return Reply(status=403) if asked.path == LOG_IN and office.log_ins else first(asked)

    office.reply = once  # type: ignore[method-assign]
    haul = crawled(office, tmp_path, "A01B", "B25J")
    assert (haul.state, haul.counts["items"] > 0, haul.cursor) == ("partial", True, None)
