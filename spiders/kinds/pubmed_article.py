"""A PubmedArticle (NLM's DTD pubmed_250101) to a publication."""

from collections.abc import Iterable
from datetime import date

from lxml import etree

from spiders.kinds.address import doi_in
from spiders.kinds.affiliation import organisations_of
from spiders.kinds.dates import day
from spiders.kinds.languages import two_of_three
from spiders.kinds.personal import without_mail
from spiders.kinds.trouble import Trouble, Unreadable
from spiders.kinds.xml import words
from spiders.text import line
from terms.item import Item, Organisation, Person, Publication

PAGE = "https://pubmed.ncbi.nlm.nih.gov/"
_MOST = 200
# What is read, and what is ignored by name, of the two elements that hold the rest.
_CITATION = frozenset([
    "PMID", "Article", "MeshHeadingList", "KeywordList", "DateCompleted", "DateRevised", "MedlineJournalInfo",
    "ChemicalList", "SupplMeshList", "CitationSubset", "CommentsCorrectionsList", "GeneSymbolList",
    "NumberOfReferences", "PersonalNameSubjectList", "OtherID", "OtherAbstract", "CoiStatement", "SpaceFlightMission",
    "InvestigatorList", "GeneralNote",
])  # fmt: skip
_ARTICLE = frozenset([
    "Journal", "ArticleTitle", "Pagination", "ELocationID", "Abstract", "AuthorList", "Language", "DataBankList",
    "GrantList", "PublicationTypeList", "VernacularTitle", "ArticleDate",
])  # fmt: skip


def item_of(root: etree._Element, source: str, sha256: str, trouble: Trouble) -> Item:
    """The publication of an article. Raises Unreadable where it has no PMID or no title."""
    citation, article = root.find("MedlineCitation"), root.find("MedlineCitation/Article")
    if citation is None or article is None:
        raise Unreadable("MedlineCitation/Article: missing")
    number = words(citation.find("PMID"))
    title = line(words(article.find("ArticleTitle")) or words(article.find("VernacularTitle")))
    if not (number.isascii() and number.isdecimal()) or not title:
        raise Unreadable(f"PMID, ArticleTitle: {number[:20]!r} {title[:40]!r} do not name an article")
    trouble.unknown(_unknown(citation, _CITATION) + _unknown(article, _ARTICLE))
    return Item(
        source=source,
        source_id=number,
        kind="publication",
        title=title,
        text=without_mail(_abstract(article)),
        url=f"{PAGE}{number}/",
        language=two_of_three(words(article.find("Language"))),
        published_on=_published_on(article),
        people=tuple(Person(name=name) for author in article.iterfind("AuthorList/Author") if (name := _name(author))),
        organisations=tuple(dict.fromkeys(_organisations(article)))[:_MOST],
        codes=tuple(dict.fromkeys(_codes(citation)))[:_MOST],
        publication=Publication(doi=_doi(root), venue=line(words(article.find("Journal/Title")), 200) or None),
        capture_sha256=sha256,
    )


def _unknown(element: etree._Element, known: frozenset[str]) -> list[str]:
    return sorted({str(child.tag) for child in element if isinstance(child.tag, str)} - known)


def _abstract(article: etree._Element) -> str:
    """The parts of the abstract, each after its label, such as `METHODS: …`."""
    parts = [(line(part.get("Label", ""), 60), words(part)) for part in article.iterfind("Abstract/AbstractText")]
    return " ".join(f"{label}: {text}" if label else text for label, text in parts if text)


def _published_on(article: etree._Element) -> date | None:
    """The electronic date, else that of the issue, where it has a day; months come as names or numbers."""
    stated = [*article.iterfind("ArticleDate"), *article.iterfind("Journal/JournalIssue/PubDate")]
    return next((on for element in stated if (on := _date_at(element))), None)


def _date_at(element: etree._Element) -> date | None:
    year, month, of_month = (words(element.find(name)) for name in ("Year", "Month", "Day"))
    return day(f"{year}-{month}-{of_month}") or day(f"{of_month} {month} {year}")


def _name(author: etree._Element) -> str:
    """A person's name; groups are organisations."""
    given, initials, family, suffix = (
        words(author.find(name)) for name in ("ForeName", "Initials", "LastName", "Suffix")
    )
    return line(" ".join(part for part in (given or initials, family, suffix) if part), 200) if family else ""


def _organisations(article: etree._Element) -> Iterable[Organisation]:
    """Affiliations, groups of authors, and who paid."""
    for affiliation in article.iterfind("AuthorList/Author/AffiliationInfo/Affiliation"):
        yield from organisations_of(words(affiliation))
    for path, role in (("AuthorList/Author/CollectiveName", "affiliation"), ("GrantList/Grant/Agency", "funder")):
        for element in article.iterfind(path):
            if name := line(words(element), 200):
                yield Organisation(name=name, role="funder" if role == "funder" else "affiliation")


def _codes(citation: etree._Element) -> Iterable[str]:
    """MeSH descriptors and the authors' keywords."""
    for scheme, path in (
        ("mesh", "MeshHeadingList/MeshHeading/DescriptorName"),
        ("keyword", "KeywordList/Keyword"),
    ):
        yield from (f"{scheme}:{name}" for element in citation.iterfind(path) if (name := line(words(element), 100)))


def _doi(root: etree._Element) -> str | None:
    stated = [
        *root.iterfind("PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
        *root.iterfind("MedlineCitation/Article/ELocationID[@EIdType='doi']"),
    ]
    return next((doi for element in stated if (doi := doi_in(words(element)))), None)
