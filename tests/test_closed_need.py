"""P04: the text of a closed need leaves in no mail, no log line and no export; asserted on the demo's closed need."""

import html
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from needs.maps import read_map
from terms.company import Company
from tests.door import ROOT, Door, Said
from tests.smtp_sink import Sink

DEMO = ROOT / "varde" / "demo"
NOW = "2026-11-23T06:05:00Z"
COMPANY = "grandal-timber"
SOURCES = ("arxiv", "epo")
TO_OTHERS = (
    ("incidents",), ("incidents", "--json"), ("sources", "--json"), ("outbox",), ("outbox", "--json"),
    ("digest", "list"), ("digest", "list", "--json"), ("digest", "show", COMPANY),
    ("digest", "show", COMPANY, "--format", "html"), ("digest", "show", COMPANY, "--language", "nb"),
)  # fmt: skip


class Played:
    """The demo's week for one company: what was logged on the way, what was said, what the server took."""

    def __init__(self, varde: Door, sink: Sink) -> None:
        self.varde, self.sink = varde, sink
        self.week = varde.outside("-v", "week", *SOURCES, "--replay", str(DEMO / "week"), now=NOW)
        waiting = self.verb("queue", "--company", COMPANY, "--json", "--limit", "99").rows
        self.closed = [row for row in waiting if row["need"] == f"{COMPANY}/floor-acoustics"]

    def verb(self, *words: str) -> Said:
        """A verb in this process."""
        return self.varde(*words, now=NOW)

    def send(self) -> list[bytes]:
        """Accept what serves the closed need, approve, deliver; the mails as the server took them."""
        for row in self.closed:
            assert self.verb("decide", row["ref"], "accept", "--broker", "Tor").code == 0
        assert self.verb("digest", "draft", COMPANY).code == 0
        assert self.verb("digest", "approve", COMPANY, "--broker", "Tor").code == 0
        assert self.verb("deliver").code == 0
        return [taken.body for taken in self.sink.taken]


@pytest.fixture(scope="module")
def company() -> Company:
    return read_map(DEMO / "companies" / f"{COMPANY}.yaml")


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Played]:
    monkeypatch.chdir(tmp_path)
    with Sink(tmp_path / "mailbox", tmp_path / "mail.log") as sink:
        settings = {"HOST": "127.0.0.1", "PORT": str(sink.port), "SECURITY": "none",
                    "SENDER_ADDRESS": "digest@varde.example"}  # fmt: skip
        for name, value in settings.items():
            monkeypatch.setenv(f"VARDE_SMTP_{name}", value)
        door = Door(tmp_path, capsys, monkeypatch)
        door.options |= {"maps": str(DEMO / "companies"), "feeds": str(DEMO / "feeds.yaml")}
        yield Played(door, sink)


def plain(text: str) -> str:
    """Words as a reader sees them: no tags, no line breaks, no case."""
    shown = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return " ".join(shown.replace("\u00ad", "").split()).casefold()


def given_away(text: str, company: Company, *titles: str) -> list[str]:
    """What of the closed need stands in a text. titles: of items, which may use the same words in their own right."""
    shown = plain(text)
    for title in titles:
        shown = shown.replace(plain(title), "")
    (need,) = [need for need in company.needs if need.confidentiality == "closed"]
    clauses = [clause for clause in re.split(r"[.,;:]", plain(need.description)) if len(clause.split()) > 2]
    return [words for words in (need.title, *need.include, *clauses) if plain(words) in shown]


def parts(mail: bytes) -> str:
    """Headers and every text part, decoded."""
    read = message_from_bytes(mail, _class=EmailMessage, policy=policy.default)
    texts = [part.get_content() for part in read.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in read.items()), *texts])


def test_the_judge_sees_what_is_given_away(company: Company) -> None:
    """Without this, silence would prove nothing."""
    (need,) = [need for need in company.needs if need.confidentiality == "closed"]
    shown = f"<p>For: {need.title.upper()}</p><p>because: foot\u00adfall</p><i>{need.description}</i>"
    found = given_away(shown, company)
    assert {need.title, "footfall", "footfall noise below 50 hz is what tenants complain about"} <= set(found)
    assert given_away("<p>Footfall on ribbed floors</p>", company, "Footfall on ribbed floors") == []


def test_a_closed_need_is_matched_and_its_text_stays(played: Played, company: Company, tmp_path: Path) -> None:
    """Mails in each part and header, what is shown to others, what -v logs, exports, and what publishers were asked."""
    assert played.week.code == 0, played.week.err
    titles = [row["title"] for row in played.closed]
    assert len(titles) >= 2, "the closed need is no longer matched: this test proves nothing"
    mails = [parts(mail) for mail in played.send()]
    assert mails and all(plain(title) in plain(mail) for mail in mails for title in titles), "its items are not told"
    assert [found for mail in mails for found in given_away(mail, company, *titles)] == []
    assert given_away(played.week.out + played.week.err, company) == []
    for words in TO_OTHERS:
        said = played.verb(*words)
        assert said.code == 0, said
        assert given_away(said.out + said.err, company, *titles) == [], words
    assert [found for text in left(played, tmp_path) for found in given_away(text, company, *titles)] == []


def left(played: Played, folder: Path) -> Iterator[str]:
    """What `digest export` wrote, and every request as it is kept beside its capture."""
    assert played.verb("digest", "export", str(folder / "out")).code == 0
    written = sorted((folder / "out").iterdir())
    assert {path.suffix for path in written} == {".eml", ".html", ".txt"}
    yield from (parts(p.read_bytes()) if p.suffix == ".eml" else p.read_text("utf-8") for p in written)
    asked = sorted((folder / "home" / "captures").rglob("*.json"))
    assert asked
    yield from (path.read_text("utf-8") for path in asked)
