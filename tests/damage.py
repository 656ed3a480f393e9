"""Feeds at hand, and seeded damage to them (RELIABILITY P6, B-04)."""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from spiders import quickfeed

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = ROOT / "tests" / "recordings" / "spiders"
BESIDE = ROOT.parent / "shared" / "data"
CORPORA = BESIDE / "corpora" / "feedparser"
_ELEMENT = re.compile(rb"<[^!?/][^<>]*>[^<>]*</[^<>]*>|<[^!?/][^<>]*/>")
_ODD_ELEMENTS = (
    b"<title>x</title>", b"<link>http://a.example/b?x=1&amp;y=2</link>", b"<guid>http://g.example/</guid>",
    b'<guid isPermaLink="false">g</guid>', b"<description>d\xc3\x83\xc2\xa9</description>", b"<!-- c -->",
    b"<![CDATA[<b>x</b>]]>", b"<author>a@b.example (N)</author>", b"&#x85;", b"&lt;p&gt;", b"<?x y?>",
    b'<category domain="x">t</category>', b'<source url="x">s</source>', b"<comments>http://c.example</comments>",
    b"<image><title>i</title><url>u</url></image>", b"<textInput><title>i</title></textInput>", b"<date>2026</date>",
    b"<language>nb</language>", b'<enclosure url="http://x.example"/>', b"<item><title>in</title></item>",
)  # fmt: skip
_ODD_BYTES = (
    b"\x00", b"\xff", b"&#55555555;", b"&#xD800;", b"<", b"]]>", b"<![CDATA[", b"&", b"<!DOCTYPE ", b"\xed\xa0\x80",
    b"<!ENTITY x SYSTEM 'file:///etc/passwd'>", b' encoding="utf-7"', b"\xe2\x80\xae", b"=?utf-8?q?=0D=0A?=",
)  # fmt: skip


def feeds_recorded() -> Iterator[bytes]:
    """Feeds of our own recordings that the quick reader takes."""
    bodies = (path.read_bytes() for path in sorted(RECORDINGS.rglob("*.xml")))
    yield from (body for body in bodies if quickfeed.parse(body, "") is not None)


def feeds_beside() -> list[bytes]:
    """Every feed of the corpora and of the recorded payloads beside the project; none where they are missing."""
    folders = (CORPORA, *(BESIDE / "recorded" / name for name in ("arxiv", "journal_rss", "prism_rss")))
    return [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def damaged_feeds(bodies: Sequence[bytes], rounds: int, seed: int) -> Iterator[bytes]:
    """Feeds whose elements were left out, doubled, moved and exchanged; most of them stay well formed."""
    dice = random.Random(seed)
    pool = [*_ODD_ELEMENTS, *(found for body in bodies for found in _ELEMENT.findall(body)[:50])]
    for _ in range(rounds):
        body = dice.choice(bodies)
        for _ in range(dice.randint(1, 4)):
            places = list(_ELEMENT.finditer(body))
            if not places:
                break
            at, other = dice.choice(places), dice.choice(pool)
            inside = body.find(b">", at.start()) + 1
            start, end = dice.choice(((at.start(), at.end()), (at.start(), at.start()), (inside, inside)))
            body = body[:start] + (other if dice.random() < 0.8 else b"") + body[end:]
        yield body


def mutations(bodies: Sequence[bytes], rounds: int, seed: int = 20261123) -> Iterator[bytes]:
    """Bytes flipped, pieces cut out, doubled or swapped for what parsers choke on."""
    dice = random.Random(seed)
    for _ in range(rounds):
        body = bytearray(dice.choice(bodies))
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(body) + 1)
            upto = min(len(body), at + dice.randint(0, 60))
            new = dice.choice((b"", bytes(body[at:upto]) * 2, dice.choice(_ODD_BYTES), dice.randbytes(2)))
            body[at:upto] = new
        yield bytes(body)


def rss(items: str, head: str = "") -> bytes:
    """A feed of these items."""
    return f'{head}<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode("utf-8", "surrogatepass")


def item(title: str, link: str = "", guid: str = "") -> str:
    """One item of a feed."""
    return f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid></item>"
