"""NVA, Norway's national register of research results (Sikt; it replaced Cristin)."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from spiders.kinds import nva_hit
from spiders.kinds.rows import read_value
from spiders.kinds.trouble import Trouble, place
from spiders.kinds.window import recent_years, window
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item


class Nva(Source):
    """Scholarly publications of the last years that were modified since the cursor: one search for each type.

    There are a few thousand a week in all of Norway, so no subject narrows them. Lectures, media, students' work and
    popular science are not asked for, and dropped by name where they come.
    """

    title = "NVA – Nasjonalt vitenarkiv"
    publisher = "Sikt – Norwegian Agency for Shared Services in Education and Research"
    home = "https://nva.sikt.no/"
    licence = "metadata open (CC0); abstracts are their authors'"
    terms = "https://sikt.no/en/privacy-and-terms"
    attribution = "Source: NVA, Sikt"
    kind = "publication"
    every = 24
    expect = (1, 12_000)
    rate = 1.0
    unproven = "Paging with search_after, and the texts in two languages (alternativeTitles, alternativeAbstracts)."
    search_url = "https://api.nva.unit.no/search/resources"
    most_hits = 60_000

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page of each type, oldest change first, so that what changes meanwhile comes later."""
        first, _ = window(plan, first_days=7, overlap_days=2)
        for kind in nva_hit.KEPT_TYPES:
            asked = {
                "instance_type": kind,
                "modified_since": first.isoformat(),
                "publication_year_since": recent_years(plan),
                "aggregation": "none",
                "size": 100,
                "sort": "modified_date:asc,identifier",
            }
            yield self.ask(f"{self.search_url}?{urlencode(asked)}")

    def ask(self, url: str) -> Ask:
        """One page, in the only version of the answer that has abstracts of all languages."""
        return Ask(url, headers={"Accept": "application/json"})

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The next page, as the answer names it. Raises SourceChanged where far too much was found."""
        answer, hits = hits_in(page)
        if (self.total(page) or 0) > self.most_hits and page.url.startswith(self.search_url):
            raise SourceChanged(
                f"{place(page)} found {self.total(page)} hits: it ignored modified_since; look at its name"
            )
        following = answer.get("nextSearchAfterResults")
        is_ours = isinstance(following, str) and following.startswith(f"{self.search_url}?")
        return (self.ask(str(following)),) if hits and is_ours else ()

    def total(self, page: Page) -> int | None:
        """What the search says there is."""
        total = hits_in(page)[0].get("totalHits")
        return total if isinstance(total, int) else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """Every hit, those that are no publication too."""
        return frozenset(map(named, hits_in(page)[1]))

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Publications of a page of the search, or of a bare list of hits."""
        trouble = Trouble(self.name, page, note)
        hits = hits_in(page)[1]
        for hit in hits:
            try:
                item = nva_hit.item_of(hit, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(named(hit), unreadable)
                continue
            if item:
                yield item
        trouble.close()
        if hits and trouble.unreadable == len(hits):
            raise SourceChanged(f"Not one hit of {place(page)} could be read; compare one with kinds/nva_hit.py")


def hits_in(page: Page) -> tuple[dict[str, object], list[object]]:
    """The answer and its hits. Raises SourceChanged where it has none, not even an empty list."""
    answer = read_value(page)
    if isinstance(answer, list):
        return {}, answer
    hits = answer.get("hits") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(hits, list):
        said = str(answer.get("detail", ""))[:200] if isinstance(answer, dict) else ""
        raise SourceChanged(f"{place(page)} has no list of hits; compare it with the documentation. {said}".strip())
    return answer, hits


def named(hit: object) -> str:
    """A hit's name: its identifier."""
    return str(hit.get("identifier")) if isinstance(hit, dict) else type(hit).__name__
