"""EU grants to Norwegian participants, from the open table of the Research Council of Norway."""

import io
from collections.abc import Iterable, Iterator

from spiders.kinds.rcn_row import COLUMNS, project_of
from spiders.kinds.rows import Row
from spiders.kinds.stream import table_rows
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.organisation import Project


class RcnEuGrants(Source):
    """EU projects with their Norwegian participants: organisation number, sector, role, county and money."""

    title = "EU grants to Norwegian research and business"
    publisher = "Research Council of Norway"
    home = "https://github.com/Forskningsradet/open-data"
    licence = "NLOD 2.0"
    terms = "https://data.norge.no/nlod/en/2.0"
    attribution = "Research Council of Norway, NLOD"
    kind = "project"
    every = 720
    expect = (1_500, 10_000)
    rate = 2.0
    raw_label = "table"
    largest = 64 * 2**20
    recorded_as = ("norway_rcn",)
    unproven = "asking for the file; the council's table of its own applications names no partners and is not read"
    table_url = "https://raw.githubusercontent.com/Forskningsradet/open-data/main/datasets/bevilgningereu/dataset.csv"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The one table."""
        return (Ask(self.table_url, label="table"),)

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Project]:
        """Projects of the table; a row of it is one organisation in one project."""
        trouble = Trouble(self.name, page, note)
        by_project: dict[str, list[Row]] = {}
        for row in table_rows(io.BytesIO(page.body)):
            if missing := COLUMNS - row.keys():
                raise SourceChanged(f"{page.url} has no column {', '.join(sorted(missing))}; look at what changed")
            by_project.setdefault(row["Prosjektnr"].strip(), []).append(row)
        if not by_project:
            raise SourceChanged(f"{page.url} holds no row; look at what the council publishes")
        for key, rows in by_project.items():
            try:
                yield project_of(key, rows, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(key, unreadable)
        trouble.close()
