"""Small makers of nouns for tests: only what a test is about is named in the test."""

from datetime import UTC, date, datetime
from typing import Any

from terms.company import Company, Contact, Engagement, Need
from terms.item import Item, Publication
from terms.match import Match, Passage, Reasons

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


def item(source_id: str = "1", **facts: Any) -> Item:
    """A publication of the source `journal`, unless told otherwise."""
    usual: dict[str, Any] = {
        "source": "journal",
        "kind": "publication",
        "title": f"On the sealing of hydrogen valves, part {source_id}",
        "text": "We measure leakage of metal seals at 700 bar.",
        "url": f"https://journal.example/{source_id}",
        "capture_sha256": "0" * 64,
    }
    return Item.model_validate({**usual, "source_id": source_id, **facts})


def paper(source: str, source_id: str, title: str, doi: str | None = None) -> Item:
    """A publication with a DOI."""
    return item(source_id, source=source, title=title, publication=Publication(doi=doi))


def match(cluster_key: str, need_key: str = "tind/valves", **facts: Any) -> Match:
    """A flagged match with one reason."""
    usual: dict[str, Any] = {
        "need_version": 1,
        "item_key": cluster_key,
        "fit": 0.8,
        "confidence": 0.6,
        "is_flagged": True,
        "model_version": "test-1",
        "reasons": Reasons(terms=("seals",), passages=(Passage(field="title", start=0, end=2, text="On"),)),
    }
    return Match.model_validate({**usual, "need_key": need_key, "cluster_key": cluster_key, **facts})


def need(need_id: str = "valves", **facts: Any) -> Need:
    """An open need about valves."""
    usual: dict[str, Any] = {"title": "Tight hydrogen valves", "description": "Metal seals that hold at 700 bar."}
    return Need.model_validate({**usual, "id": need_id, **facts})


def company(company_id: str = "tind", **facts: Any) -> Company:
    """A company with one need."""
    usual: dict[str, Any] = {
        "name": "Tind Valves AS",
        "country": "NO",
        "size": "small",
        "contacts": (Contact(name="Kari Tind", address="kari@tind.example"),),
        "engagement": Engagement(
            broker="Bo Broker",
            broker_address="bo@varde.example",
            start=date(2026, 1, 5),
            planned_end=date(2027, 7, 5),
        ),
        "needs": (need(),),
    }
    return Company.model_validate({**usual, "id": company_id, **facts})
