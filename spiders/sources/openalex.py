"""OpenAlex: which organisations, with their ROR ids, stand behind papers that other sources brought; asked by DOI."""

import io
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from spiders.kinds.openalex_institution import entries_of_work, entry_of
from spiders.kinds.rows import Row
from spiders.kinds.stream import json_records
from spiders.kinds.trouble import Trouble, place
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.organisation import RegisterEntry

_NEITHER = "a record that is neither a work nor an institution"


class OpenAlex(Source):
    """Enrichment only: one free look-up a DOI that a digest's evidence needs; authors and their ids are not kept."""

    title = "OpenAlex"
    publisher = "OurResearch"
    home = "https://openalex.org/"
    licence = "CC0 1.0"
    terms = "https://openalex.org/OpenAlex_termsofservice.pdf"
    attribution = "OpenAlex, CC0"
    kind = "organisation"
    every = 168
    expect = (0, 20_000)
    rate = 1.0
    needs_keys = ("openalex_key",)
    raw_label = "entity"
    recorded_as = ("openalex",)
    unproven = "asking with a key; a list page of 2026 was not at hand, and none is asked"
    work_url = "https://api.openalex.org/works/doi:"
    most_dois = 1_000

    def start(self, plan: Plan) -> Iterable[Ask]:
        """One look-up for each DOI in focus, at most a thousand a run."""
        key = quote(plan.keys.get("openalex_key", ""), safe="")
        asked = plan.focus.dois[: self.most_dois]
        return (Ask(f"{self.work_url}{quote(doi, safe='/')}?api_key={key}", label="entity") for doi in asked)

    def is_absence(self, page: Page) -> bool:
        """A paper that OpenAlex does not hold is answered with 404."""
        return page.status == 404

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[RegisterEntry]:
        """Institutions of a work, or entities of a snapshot file; other entities are skipped by name."""
        if page.body.lstrip()[:1] not in (b"{", b"["):
            raise SourceChanged(f"{place(page)} answered with something that is not JSON; open it")
        trouble, read = Trouble(self.name, page, note), 0
        for record in json_records(io.BytesIO(page.body), place(page)):
            read += isinstance(record, dict) and "id" in record
            try:
                yield from self._entries(record, page, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(json.dumps(record)[:60], unreadable)
        trouble.close()
        if not read:
            raise SourceChanged(f"{place(page)} holds no entity of OpenAlex; look at what it answers")

    def _entries(self, record: object, page: Page, trouble: Trouble) -> list[RegisterEntry]:
        row: Row = record if isinstance(record, dict) else {}
        if isinstance(row.get("authorships"), list):
            return entries_of_work(dict(row), self.name, page.capture_sha256, trouble)
        if str(row.get("id")).rpartition("/")[2].startswith("I"):
            return [entry_of(row, self.name, page.capture_sha256, trouble)]
        trouble.expected(_NEITHER)
        return []
