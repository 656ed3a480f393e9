"""Any RSS, RDF or Atom feed as a source: entries to items by the mapping of SOURCES L5."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256

from spiders.kinds.address import canonical_address, clean_address, doi_in, is_lasting
from spiders.kinds.dates import day, moment
from spiders.kinds.entries import Entry, Feed, read_feed
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from spiders.text import line
from terms.errors import SettingMissing, SourceChanged
from terms.item import Call, Item, Organisation, Person, Publication

MALFORMED = "The feed is not well-formed; what could be read was kept"
LEFT_OUT = "The feed holds more items than one feed may; the rest was left out"
NO_ADDRESS = "An item has no usable address; the publisher's page stands in for it"
NO_WORDS = "An item has neither title nor text and was left out"
FEED_TYPES = "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, */*;q=0.5"


class FeedSource(Source, abstract=True):
    """A source behind one feed address. Subclasses say where it is, and may say how an entry is read."""

    url: str

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The feed itself; conditional GET is the fetcher's business. Raises SettingMissing where it may not start."""
        if self.waits_for:
            raise SettingMissing(f"{self.name} does not start: {self.waits_for}")
        return (Ask(self.url, headers={"Accept": FEED_TYPES}),)

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Every entry as an item; an empty feed is a success.

        Raises SourceChanged where this is no feed; behind the last item where the feed is cut, so that it is kept.
        """
        feed = read_feed(page.body, header(page, "content-type"), page.url)
        trouble = Trouble(self.name, page, note)
        trouble.unknown(feed.unknown)
        if feed.is_malformed:
            trouble.often(MALFORMED)
        if feed.left_out:
            trouble.note(LEFT_OUT, left_out=str(feed.left_out))
        yield from self.items_of(feed, page, trouble)
        trouble.close()
        if feed.is_cut:
            raise SourceChanged(f"The feed at {page.url} ends in the middle: what came was kept; it is asked for again")

    def items_of(self, feed: Feed, page: Page, trouble: Trouble) -> Iterator[Item]:
        """Items of the entries, each with an id of its own even where the publisher gives several the same (C-01)."""
        shared = Counter(canonical_address(entry.link) for entry in feed.entries)
        taken: dict[str, str] = {}
        for entry in feed.entries:
            if not entry.title and not entry.text:
                trouble.often(NO_WORDS)
                continue
            source_id = identity(entry, is_own_link=shared[canonical_address(entry.link)] == 1)
            if source_id in taken and taken[source_id] == entry.title:
                trouble.expected("the same item twice in one feed")
                continue
            if taken.setdefault(source_id, entry.title) != entry.title:
                source_id = f"{source_id}#{fingerprint(entry.title, entry.link)}"
            yield self.item_of(entry, source_id, feed, page, trouble)

    def item_of(self, entry: Entry, source_id: str, feed: Feed, page: Page, trouble: Trouble) -> Item:
        """One entry as an item of this feed's kind."""
        doi = doi_of(entry)
        url = clean_address(entry.link) or (f"https://doi.org/{doi}" if doi else "") or clean_address(entry.id)
        if not url:
            trouble.often(NO_ADDRESS)
        is_publication = self.kind == "publication"
        return Item(
            source=self.name,
            source_id=source_id,
            kind=self.kind,
            title=entry.title or line(entry.text, 120),
            text=entry.text,
            url=url or self.home,
            language=two_letters(entry.language or feed.language),
            published_on=published_on(entry, feed.is_atom),
            updated_at=moment(entry.updated) if feed.is_atom else None,
            people=tuple(Person(name=name) for name in authors_of(entry)) if is_publication else (),
            organisations=(Organisation(name=self.publisher, role="publisher"),),
            codes=tuple(f"feed:{tag}" for tag in entry.tags[:50]),
            call=Call() if self.kind == "call" else None,
            publication=Publication(doi=doi, venue=entry.venue or self.title) if is_publication else None,
            capture_sha256=page.capture_sha256,
        )


def header(page: Page, name: str) -> str:
    """A header of an answer, whatever its case; '' where it is not there."""
    return next((value for key, value in page.headers.items() if key.lower() == name), "")


def doi_of(entry: Entry) -> str | None:
    """prism:doi, dc:identifier, then a DOI in the address or the id."""
    return next((doi for field in (entry.doi, entry.identifier, entry.link, entry.id) if (doi := doi_in(field))), None)


def identity(entry: Entry, is_own_link: bool) -> str:
    """The id of an entry, the same at every fetch: its DOI, its address without tracking, its guid, its words.

    The address comes before the guid, since publishers give several items one guid or one item a new guid at each
    fetch (C-01 to C-03); an address that several entries share, such as a home page, names nothing.
    """
    own_link = canonical_address(entry.link) if is_own_link and is_lasting(entry.link) else ""
    guid = (canonical_address(entry.id) or line(entry.id, 2_000)) if is_lasting(entry.id) else ""
    return doi_of(entry) or own_link or guid or f"words:{fingerprint(entry.title or entry.text, entry.published)}"


def fingerprint(*parts: str) -> str:
    """A short hash of some words."""
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def published_on(entry: Entry, is_atom: bool) -> date | None:
    """prism:publicationDate, then dc:date, then pubDate; in Atom `updated` is no dc:date and comes last."""
    stamps = (entry.published, entry.created, entry.updated) if is_atom else (entry.updated, entry.published)
    return next((on for text in (entry.dated, *stamps) if (on := day(text))), None)


def authors_of(entry: Entry) -> list[str]:
    """Names; one string of several names is split at semicolons, since `Smith, John` holds a comma of its own."""
    return [name.strip() for author in entry.authors for name in author.split(";") if name.strip()][:200]


def two_letters(language: str) -> str:
    """`en` of `en-us`; `und` where nothing is said."""
    code = language[:2].lower()
    return code if code.isalpha() and code.isascii() and language[2:3] in ("", "-", "_") and len(code) == 2 else "und"
