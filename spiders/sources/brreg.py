"""Brønnøysund: Norwegian organisations that do research or engineering, from the register of legal entities."""

import math
from collections.abc import Iterable, Iterator

from spiders.kinds.brreg_unit import entry_of
from spiders.kinds.rows import Row, read_json, take_list, take_mapping
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.organisation import RegisterEntry

_DEEPEST = 10_000


class Brreg(Source):
    """Organisation number, name, town, NACE and web page; private persons and their addresses are never stored."""

    title = "Brønnøysund register of legal entities"
    publisher = "Brønnøysundregistrene"
    home = "https://data.brreg.no/enhetsregisteret/"
    licence = "NLOD 2.0"
    terms = "https://data.norge.no/nlod/en/2.0"
    attribution = "Brønnøysundregistrene, NLOD"
    kind = "organisation"
    every = 720
    expect = (2_000, 30_000)
    rate = 1.0
    resumes = 0
    unproven = "everything: no answer of the register was at hand"
    search_url = "https://data.brreg.no/enhetsregisteret/api/enheter?naeringskode={code}&size=1000&page={page}"
    classes = ("72", "85.4", "71.12", "71.2", "26.51")
    """Research; higher education; engineering; testing; instruments."""

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The first page of each class of industry."""
        return (Ask(self.search_url.format(code=code, page=0), label="units") for code in self.classes)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """From the first page all the others, as deep as the register lets one page."""
        if not page.url.endswith("&page=0"):
            return ()
        told = take_mapping(read_json(page), "page")
        total, size = told.get("totalElements"), told.get("size")
        if not isinstance(total, int) or not isinstance(size, int) or size < 1:
            return ()
        last = math.ceil(min(total, _DEEPEST) / size)
        return (Ask(f"{page.url.removesuffix('0')}{further}", label="units") for further in range(1, last))

    def total(self, page: Page) -> int | None:
        """What the register counts in a class."""
        total = take_mapping(read_json(page), "page").get("totalElements")
        return total if isinstance(total, int) else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """Every unit of a page, also those that make no entry."""
        return frozenset(str(unit.get("organisasjonsnummer")) for unit in _units(page) if isinstance(unit, dict))

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[RegisterEntry]:
        """Entries of one page of the search."""
        trouble, units = Trouble(self.name, page, note), _units(page)
        for unit in units:
            try:
                entry = entry_of(unit, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                number = unit.get("organisasjonsnummer") if isinstance(unit, dict) else ""
                trouble.record_unreadable(str(number), unreadable)
                continue
            if entry:
                yield entry
        trouble.close()
        if units and trouble.unreadable == len(units):
            raise SourceChanged(f"Not one unit of {page.url} could be read; compare one with kinds/brreg_unit.py")


def _units(page: Page) -> list[object]:
    """The units of a page. Raises SourceChanged where the answer is not the register's."""
    answer: Row = read_json(page)
    if "page" not in answer:
        raise SourceChanged(f"{page.url} has no `page`; look at what the register answers")
    return take_list(take_mapping(answer, "_embedded"), "enheter")
