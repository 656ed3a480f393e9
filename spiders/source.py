"""The base of every source: facts as class attributes, three pure methods (HOUSE 6)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from spiders.page import Ask, Note, Page, Plan
from terms.organisation import Record
from terms.source import SourceFacts, SourceKind

_FACTS = ("title", "publisher", "home", "licence", "terms", "attribution", "kind", "every", "expect", "rate")


class Source:
    """One publisher's source. A subclass in `spiders/sources/<name>.py` that lacks a fact is refused (P16)."""

    name: ClassVar[str]
    title: str
    publisher: str
    home: str
    licence: str
    terms: str
    attribution: str
    kind: SourceKind
    every: int
    expect: tuple[int, int]
    rate: float
    needs_keys: tuple[str, ...] = ()
    """Settings of CrawlSettings that hold the publisher's keys; without them the source is skipped aloud."""
    raw_label: str = "page"
    """The label under which a raw payload without an address is parsed (`--replay FILE`)."""
    waits_for: str = ""
    """What a person must still state before it may start (P16); until then it is skipped aloud."""
    by_hand: bool = False
    """The publisher forbids robots: a person saves a file, which is imported with `--replay FILE`; nothing is asked."""
    recorded_as: tuple[str, ...] = ()
    """Folders of real payloads that this source reads, for `varde source audit`; without any, the one of its name."""
    largest: int = 0
    """Most bytes of one answer, once unpacked, where the publisher's file needs more than VARDE_MAX_BODY_BYTES."""
    resumes: int = 48
    """Hours in which a list that was cut short may be taken up where it stopped; 0 where its pages shift meanwhile."""
    unproven: str = ""
    """What could only be tested on input that we wrote ourselves; stands in docs/sources.md."""

    def __init_subclass__(cls, abstract: bool = False) -> None:
        """Refuse a source that does not state its facts."""
        super().__init_subclass__()
        missing = [] if abstract else [fact for fact in _FACTS if not getattr(cls, fact, None)]
        if missing:
            raise TypeError(f"{cls.__module__}.{cls.__name__} does not state: {', '.join(missing)}")
        cls.name = cls.__module__.rsplit(".", 1)[-1]

    @property
    def facts(self) -> SourceFacts:
        """The facts as a value that can leave the room."""
        return SourceFacts(name=self.name, **{fact: getattr(self, fact) for fact in _FACTS})

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first requests of a crawl."""
        raise NotImplementedError

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """Further requests that an answer leads to: next pages, documents of a list."""
        return ()

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Record]:
        """Items of one answer, or organisations, projects, announcements.

        Raises SourceChanged where going on would store something wrong.
        """
        raise NotImplementedError

    def is_absence(self, page: Page) -> bool:
        """Whether an answer with an error status only says that there is nothing, such as 404 for no hits."""
        return False

    def is_stale(self, page: Page) -> bool:
        """Whether the answer to a request of an interrupted crawl says that its place in the list is forgotten."""
        return page.status in {400, 422}

    def is_lapsed(self, page: Page) -> bool:
        """Whether an error says that the token which was sent holds no longer; then `start`'s log-in is asked again."""
        return False

    def token_lines(self, page: Page) -> Mapping[str, str]:
        """Header lines that carry the token of a log-in. Raises SourceChanged."""
        return {}

    def total(self, page: Page) -> int | None:
        """How many items the publisher says there are in all, where it says so."""
        return None

    def rows(self, page: Page) -> frozenset[str] | None:
        """Names of the records on a page, those that make no item too, to be held against `total`; None: its items."""
        return None

    def cursor(self, page: Page) -> str | None:
        """How far this answer brings us; the crawl keeps the greatest if it was complete, else today's date."""
        return None
