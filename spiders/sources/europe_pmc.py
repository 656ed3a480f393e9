"""Europe PMC: articles and preprints of the life sciences, food, fish and materials in contact with them."""

from spiders.kinds.europe_pmc import EuropePmcSource
from spiders.kinds.europe_pmc_record import publication_of
from spiders.kinds.trouble import Trouble
from terms.item import Item


class EuropePmc(EuropePmcSource):
    """What was updated since the cursor, on the subjects of the focus (`kinds/subjects.py`), else on `subjects`.

    The search knows neither CPC nor arXiv classes, so their public titles are looked for in title and abstract;
    publications older than two years are left out, since the index touches records of all ages.
    """

    title = "Europe PMC"
    publisher = "EMBL-EBI"
    home = "https://europepmc.org/"
    licence = "metadata open; abstracts are their publishers', each record names its own"
    terms = "https://europepmc.org/Copyright"
    attribution = "Source: Europe PMC"
    kind = "publication"
    every = 24
    expect = (1, 10_000)
    rate = 1.0
    recorded_as = ("europepmc",)
    unproven = "The core form (abstracts, affiliations, MeSH) and the query: only the lite form was at hand."
    part = "(SRC:MED OR SRC:AGR OR SRC:PPR OR SRC:PMC)"
    subjects = ("aquaculture", "food packaging", "food preservation", "wastewater treatment", "medical device")

    def item_of(self, found: object, sha256: str, trouble: Trouble) -> Item:
        """One article or preprint."""
        return publication_of(found, self.name, sha256, trouble)
