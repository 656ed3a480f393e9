"""CORDIS: projects of Horizon Europe and Horizon 2020 with all who took part, from the monthly bulk files."""

from collections.abc import Iterable, Iterator

from spiders.kinds.cordis_tables import projects_in
from spiders.kinds.stream import ZIP, opened_zip
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from spiders.text import line
from terms.errors import SourceChanged
from terms.organisation import Project


class Cordis(Source):
    """EU-funded projects with objective, fields and participants: role, country, kind, money and web page of each."""

    title = "CORDIS"
    publisher = "Publications Office of the European Union"
    home = "https://cordis.europa.eu/"
    licence = "CC BY 4.0"
    terms = "https://cordis.europa.eu/about/legal"
    attribution = "© European Union, CORDIS, CC BY 4.0"
    kind = "project"
    every = 720
    expect = (15_000, 80_000)
    rate = 5.0
    raw_label = "bulk"
    largest = 384 * 2**20
    unproven = (
        "everything: no real bulk file was at hand; its columns are those that its documentation and clients name"
    )
    bulk_urls = (
        "https://cordis.europa.eu/data/cordis-HORIZONprojects-csv.zip",
        "https://cordis.europa.eu/data/cordis-h2020projects-csv.zip",
    )

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The zips of both framework programmes."""
        return (Ask(url, label="bulk") for url in self.bulk_urls)

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Project]:
        """Projects of one zip; those not changed since the cursor are left out, since the files are always whole."""
        if not page.body.startswith(ZIP):
            start = line(page.body[:80].decode("utf-8", "replace"))
            raise SourceChanged(f"{page.url} answered with something that is not a zip: {start!r}; open it")
        trouble, read = Trouble(self.name, page, note), 0
        with opened_zip(page) as held:
            for project in projects_in(held, self.name, page.capture_sha256, trouble):
                read += 1
                if plan.since and project.updated_on and project.updated_on.isoformat() < plan.since:
                    trouble.expected("unchanged since the last crawl")
                    continue
                yield project
        trouble.close()
        if trouble.unreadable and not read:
            raise SourceChanged(f"Not one project of {page.url} could be read; compare with kinds/cordis_tables.py")
