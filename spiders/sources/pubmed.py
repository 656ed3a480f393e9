"""PubMed, through NLM's E-utilities: a search kept on their server, then its articles in portions."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlencode

from lxml import etree

from spiders.kinds import pubmed_article
from spiders.kinds.rows import Row, read_json
from spiders.kinds.subjects import subjects_of
from spiders.kinds.trouble import Trouble, place
from spiders.kinds.window import recent_years, window
from spiders.kinds.xml import read_xml, words
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

TOO_MANY = "The search found more than PubMed hands out; the rest was left out"
UNKNOWN_PHRASE = "PubMed does not know a phrase that is looked for"
_TOKEN = re.compile(r"[\w.+=-]{1,400}", re.ASCII)


class Pubmed(Source):
    """What entered PubMed since the cursor, on the subjects of the focus (`kinds/subjects.py`), else on `subjects`.

    Europe PMC holds the same articles and more; this one is for those who want it without Europe PMC, and as the
    second look where that is down. At most 10 000 articles of one search are handed out.
    """

    title = "PubMed"
    publisher = "National Library of Medicine"
    home = "https://pubmed.ncbi.nlm.nih.gov/"
    licence = "metadata in the public domain; abstracts may be their publishers'"
    terms = "https://www.ncbi.nlm.nih.gov/home/about/policies/"
    attribution = "Courtesy of the U.S. National Library of Medicine"
    kind = "publication"
    every = 24
    expect = (0, 10_000)
    rate = 0.5
    resumes = 0
    unproven = "Everything: no answer of PubMed was at hand."
    server = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    subjects = ("aquaculture", "food packaging", "food preservation", "medical device", "prosthesis")
    articles_a_page = 200
    most = 10_000

    def start(self, plan: Plan) -> Iterable[Ask]:
        """The search, by the day of entry."""
        first, last = window(plan, first_days=7, overlap_days=3)
        phrases = " OR ".join(f'"{phrase}"[tiab]' for phrase in subjects_of(plan.focus, self.subjects, at_most=40))
        asked = {
            "db": "pubmed",
            "term": f"({phrases}) AND {recent_years(plan)}:3000[dp]",
            "datetype": "edat",
            "mindate": f"{first:%Y/%m/%d}",
            "maxdate": f"{last:%Y/%m/%d}",
            "usehistory": "y",
            "retmax": 0,
            "retmode": "json",
            "tool": "varde",
        }
        return (Ask(f"{self.server}/esearch.fcgi?{urlencode(asked, quote_via=quote)}", label="search"),)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """From the search all portions of its articles."""
        if page.label != "search":
            return
        found, count = search_in(page)
        kept = {"WebEnv": str(found.get("webenv", "")), "query_key": str(found.get("querykey", ""))}
        if count and not all(map(_TOKEN.fullmatch, kept.values())):
            raise SourceChanged(f"{place(page)} kept no search: webenv or querykey is missing; look at usehistory")
        for start in range(0, min(count, self.most), self.articles_a_page):
            asked = {"db": "pubmed", **kept, "retstart": start, "retmax": self.articles_a_page}
            yield Ask(f"{self.server}/efetch.fcgi?{urlencode(asked | {'retmode': 'xml', 'tool': 'varde'})}")

    def total(self, page: Page) -> int | None:
        """How many articles the search found, up to the most that are handed out."""
        return min(search_in(page)[1], self.most) if page.label == "search" else None

    def rows(self, page: Page) -> frozenset[str] | None:
        """The numbers of the articles of a page, books too."""
        return frozenset() if page.label == "search" else frozenset(map(named, articles_in(page)))

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """The articles of a portion. The search holds none, but may have trouble to tell."""
        trouble = Trouble(self.name, page, note)
        if page.label == "search":
            self.check_search(page, trouble)
            return
        articles = articles_in(page)
        for article in articles:
            if article.tag == "PubmedBookArticle":
                trouble.expected("a book among the articles")
                continue
            try:
                yield pubmed_article.item_of(article, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(named(article), unreadable)
        trouble.close()
        if articles and trouble.unreadable == len(articles):
            raise SourceChanged(f"Not one article of {place(page)} could be read; compare one with NLM's DTD")

    def check_search(self, page: Page, trouble: Trouble) -> None:
        """Say aloud what the search could not do."""
        found, count = search_in(page)
        if count > self.most:
            trouble.note(TOO_MANY, left_out=str(count - self.most))
        for kind, list_name in (("errorlist", "phrasesnotfound"), ("warninglist", "quotedphrasesnotfound")):
            held = found.get(kind)
            phrases = held.get(list_name) if isinstance(held, dict) else None
            for phrase in phrases if isinstance(phrases, list) else ():
                trouble.note(UNKNOWN_PHRASE, phrase=str(phrase))


def search_in(page: Page) -> tuple[Row, int]:
    """The kept search and its count. Raises SourceChanged where it was refused."""
    answer = read_json(page)
    found = answer.get("esearchresult")
    count = str(found.get("count", "")) if isinstance(found, dict) else ""
    if not isinstance(found, dict) or "ERROR" in found or not (count.isascii() and count.isdecimal()):
        said = found.get("ERROR") if isinstance(found, dict) else answer.get("error")
        raise SourceChanged(f"{place(page)} did not search: {str(said)[:200]}; mend the query, or come back later")
    return found, int(count)


def articles_in(page: Page) -> list[etree._Element]:
    """The articles of a portion. Raises SourceChanged where it is no PubmedArticleSet, or was cut off."""
    root, _ = read_xml(page.body)
    if root is None or root.tag != "PubmedArticleSet" or not page.body.rstrip().endswith(b"</PubmedArticleSet>"):
        said = words(root)[:200] if root is not None and root.tag != "html" else "no XML"
        raise SourceChanged(
            f"{place(page)} is not a whole PubmedArticleSet ({said}); ask again, or compare with the DTD"
        )
    return [child for child in root if child.tag in ("PubmedArticle", "PubmedBookArticle")]


def named(article: etree._Element) -> str:
    """An article's name: its PMID."""
    return words(article.find(".//PMID"))
