"""Feeds read in a confined process: limits, encodings, identities."""

import logging
import os
from pathlib import Path

import pytest

from spiders.kinds.entries import Entry, Reader
from spiders.kinds.feed import identity
from spiders.page import Page, Plan
from terms.incident import Incident
from terms.item import Item
from tests.damage import item, rss
from tests.test_spiders_sources import PLAN, SOURCES


def parsed(body: bytes, plan: Plan = PLAN) -> list[Item]:
    page = Page(url="https://trade.example/feed", body=body, capture_sha256="0")
    return list(SOURCES["trade_rss"].parse(page, list[Incident]().append, plan))


def test_ten_items_with_one_guid_are_ten_items() -> None:
    for items in (
        [item(f"t{n}", f"https://x.example/{n}", "one") for n in range(10)],
        [item(f"t{n}", "https://x.example/", "one") for n in range(10)],
        [item(f"t{n}") for n in range(10)],
    ):
        found = parsed(rss("".join(items)))
        assert len({one.source_id for one in found}) == len(found) == 10


def test_a_reused_guid_on_top_is_a_new_item_and_the_others_stay() -> None:
    first = [item("a", "https://x.example/a", "1"), item("b", "https://x.example/b", "2")]
    second = [item("new", "https://x.example/new", "1"), *reversed(first)]
    before, after = ({one.source_id: one.title for one in parsed(rss("".join(items)))} for items in (first, second))
    assert before.items() < after.items() and len(after) == 3


def test_an_item_whose_guid_and_tracking_change_stays_one_item() -> None:
    bodies = [rss(item("a", f"https://x.example/a?utm_term={n}&amp;sid={n}", f"g-{n}")) for n in range(5)]
    assert len({one.source_id for body in bodies for one in parsed(body)}) == 1


def test_an_odd_guid_loses_no_item() -> None:
    for guid in ("", "0", "&lt;b&gt;x&lt;/b&gt;", "g" * 1_000_000, "\u202e", "=?utf-8?q?=0D=0A?="):
        (found,) = parsed(rss(item("t", "", guid)))
        assert 0 < len(found.source_id) < 2_100 and found.source_id.isprintable()


def test_a_doi_names_the_item_wherever_it_stands() -> None:
    for entry in (
        Entry(doi="10.5555/X.1", link="https://x.example/1"),
        Entry(identifier="doi:10.5555/x.1"),
        Entry(link="https://x.example/doi/10.5555/x.1?rss=yes"),
        Entry(id="https://doi.org/10.5555/x.1", link="https://x.example/9"),
    ):
        assert identity(entry, is_own_link=True) == "10.5555/x.1"


def test_what_belongs_to_a_publisher_is_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "spiders"):
        assert len(parsed(rss(item("t", "https://x.example/1") * 3))) == 1
    (record,) = caplog.records
    assert record.getMessage() == "Records skipped or mended, as expected"
    assert record.__dict__["records"] == 2 and record.__dict__["where"] == "source:trade_rss"


def test_a_folder_that_changes_beside_the_child_does_not_stop_it() -> None:
    """Importing looks into changed folders again, and the child may open none: each feed after it was refused."""
    reader, feed = Reader(), b'<rss version="2.0"><channel><title>x</title></channel></rss>'
    probe = Path(__file__).resolve().parent.parent / f".probe-{os.getpid()}"
    try:
        assert reader.ask("text/xml", feed)["version"] == "rss20"
        probe.touch()
        assert reader.ask("text/xml", feed)["version"] == "rss20"
    finally:
        probe.unlink(missing_ok=True)
        reader.stop()
