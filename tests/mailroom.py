"""A house with a mail server, readers with links of their own, and the public pages, for tests of mails."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from desk.public import routes
from ledger.schema import metadata
from ledger.store import Ledger
from terms.company import Company
from terms.item import Item
from tests.houses import make_house, stock
from tests.make import item
from tests.smtp_sink import Sink
from watch import deliver as delivery
from watch import digest as digests
from watch import review
from watch.house import House

BASE = "https://varde.example"
NOW = "2026-11-23T08:00:00Z"


class Mailroom:
    """One house and one mail server. `at` moves the clock; `app` is what readers reach."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, sink: Sink, *companies: Company) -> None:
        self.folder, self.patch, self.sink, self.companies = folder, patch, sink, companies
        patch.setenv("VARDE_PUBLIC_URL", BASE)
        self.house = make_house(folder, patch, *companies, now=NOW)
        patch.setenv("VARDE_SMTP_PORT", str(sink.port))
        patch.setenv("VARDE_SMTP_RELAY_LOG", str(sink.log))

    def at(self, now: str) -> House:
        """The same house at another moment."""
        moment = datetime.fromisoformat(now)
        self.house = replace(self.house, clock=lambda: moment)
        return self.house

    def accept(self, *items: Item, need: str = "tind/valves", no: int = 1) -> None:
        """Items found and accepted."""
        stock(self.house, *items, need_key=need, no=no)
        for opportunity in review.queue(self.house).waiting:
            if opportunity.item.item_key in {one.item_key for one in items}:
                review.decide(self.house, opportunity, "accept", broker="Bo")

    def approve(self, company: str = "tind", *ids: str) -> None:
        """Items accepted, drafted, approved."""
        self.accept(*(item(name) for name in ids or ("1", "2")))
        digests.draft_all(self.house)
        digests.approve(self.house, company, by="Bo")

    def deliver(self) -> delivery.Delivered:
        """Send what is due."""
        return delivery.deliver(self.house)

    def mails(self) -> list[EmailMessage]:
        """What the server took, in the order of its queue ids."""
        return [read(path.read_bytes()) for path in sorted(self.sink.out.glob("*.eml"))]

    def digests_sent(self) -> list[EmailMessage]:
        """The same without notices to brokers."""
        return [mail for mail in self.mails() if "brokers." not in str(mail["List-Id"])]

    def states(self) -> list[str]:
        """States of the mails in the outbox."""
        return [waiting.state for waiting in delivery.read_outbox(self.house)]

    def client(self) -> TestClient:
        """A reader's browser: no cookies, redirects followed by hand."""
        routes.PACE = routes.Pace()
        app = FastAPI()
        app.state.desk = SimpleNamespace(house=self.house)
        app.include_router(routes.router)
        return TestClient(app, base_url=BASE, follow_redirects=False)

    def rows(self) -> list[str]:
        """Every row of every table of the ledger."""
        return dump(self.house.ledger)


@contextmanager
def mailroom(folder: Path, patch: pytest.MonkeyPatch, *companies: Company) -> Iterator[Mailroom]:
    """A mailroom whose server runs until the end."""
    with Sink(folder / "mailbox", folder / "mail.log") as sink:
        yield Mailroom(folder, patch, sink, *companies)


def read(raw: bytes) -> EmailMessage:
    """A mail as a reader's program has it."""
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


def body(mail: EmailMessage, kind: str) -> str:
    """One of the two forms."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def links(mail: EmailMessage) -> list[str]:
    """Every web address of a mail: in its headers, its HTML and its text."""
    stated = str(mail["List-Unsubscribe"] or "").replace("\n", "")
    text = stated + body(mail, "html").replace("&amp;", "&") + body(mail, "plain")
    return list(dict.fromkeys(re.findall(r"https?://[^\s\"<>]+", text)))


def own(mail: EmailMessage, purpose: str) -> str:
    """The reader's own link for a purpose, as a path."""
    found = next(link for link in links(mail) if link.startswith(f"{BASE}/r/{purpose}/"))
    return found.removeprefix(BASE).partition("?")[0]


def dump(ledger: Ledger) -> list[str]:
    """Every row of every table, as text."""
    with ledger.read() as connection:
        return [
            f"{table.name}|{tuple(row)}"
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
        ]
