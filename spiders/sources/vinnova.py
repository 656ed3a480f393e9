"""Vinnova, Sweden's innovation agency: application rounds that changed since a day."""

from collections.abc import Iterable, Iterator

from spiders.kinds import vinnova_round
from spiders.kinds.rows import read_value
from spiders.kinds.trouble import Trouble
from spiders.kinds.window import window
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

FIRST_DAYS, OVERLAP_DAYS = 365, 3


class Vinnova(Source):
    """A true delta. The register has calls (`utlysningar`) and their rounds; only a round has a deadline to keep."""

    title = "Vinnova, application rounds"
    publisher = "Vinnova"
    home = "https://www.vinnova.se/"
    licence = "Public Domain Mark"
    terms = "https://data.vinnova.se/"
    attribution = "Källa: Vinnova, öppna data"
    kind = "call"
    every = 24
    expect = (0, 2_000)
    rate = 2.0
    unproven = "No real answer was at hand; the fields are those that public clients of 2026 read."
    api = "https://data.vinnova.se/api"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """One question: what changed since the cursor, with some days of overlap."""
        since, _ = window(plan, FIRST_DAYS, OVERLAP_DAYS)
        return (Ask(f"{self.api}/ansokningsomgangar/{since.isoformat()}", headers={"Accept": "application/json"}),)

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Items of the rounds that changed, often none. Raises SourceChanged where this is no list."""
        rows, trouble = read_value(page), Trouble(self.name, page, note)
        if not isinstance(rows, list):
            raise SourceChanged(f"{page.url} answered with JSON that is not a list; compare with {self.api}")
        for row in rows:
            try:
                if item := vinnova_round.item_of(row, self.name, page.capture_sha256, trouble):
                    yield item
            except ValueError as unreadable:
                number = row.get("Diarienummer") if isinstance(row, dict) else type(row).__name__
                trouble.record_unreadable(str(number), unreadable)
        trouble.close()
        if rows and trouble.unreadable == len(rows):
            raise SourceChanged(f"Not one round of {page.url} could be read; compare one with kinds/vinnova_round.py")
