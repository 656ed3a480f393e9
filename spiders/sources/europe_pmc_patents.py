"""Patents in Europe PMC: biological patents of EPO, WIPO and others, found by words instead of classes."""

from spiders.kinds.europe_pmc import EuropePmcSource
from spiders.kinds.europe_pmc_patent import patent_of
from spiders.kinds.trouble import Trouble
from terms.item import Item


class EuropePmcPatents(EuropePmcSource):
    """What was updated since the cursor, on the subjects of the focus (`kinds/subjects.py`), else on `subjects`."""

    title = "Europe PMC patents"
    publisher = "EMBL-EBI"
    home = "https://europepmc.org/"
    licence = "metadata open; patent texts are in the public domain in most countries"
    terms = "https://europepmc.org/Copyright"
    attribution = "Source: Europe PMC, from the European Patent Office"
    kind = "patent"
    every = 24 * 7
    expect = (0, 5_000)
    rate = 1.0
    unproven = "Everything: no patent of Europe PMC was at hand, field names are from descriptions of its service."
    part = "(SRC:PAT)"
    subjects = ("aquaculture", "fish feed", "food packaging", "fermentation", "enzyme")

    def item_of(self, found: object, sha256: str, trouble: Trouble) -> Item:
        """One patent document."""
        return patent_of(found, self.name, sha256, trouble)
