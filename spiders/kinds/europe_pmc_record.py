"""A record of Europe PMC, lite or core, to a publication, and what it shares with a patent. Fields: SOURCES L2."""

import re
from collections.abc import Iterator

from spiders.kinds.address import doi_in
from spiders.kinds.affiliation import organisations_of
from spiders.kinds.dates import day
from spiders.kinds.languages import two_of_three
from spiders.kinds.personal import without_mail
from spiders.kinds.rows import Row, mapping, take_mapping, take_rows, take_text, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.item import Item, Organisation, Person, Publication

_SOURCE, _RECORD = re.compile(r"[A-Z]{3}"), re.compile(r"[\w.()/-]{1,60}", re.ASCII)
PAGE = "https://europepmc.org/article/"
MOST = 200
"""Most people or organisations of one item."""

IGNORED = frozenset([
    "pmid", "pmcid", "bookid", "fullTextIdList", "fullTextUrlList", "authorIdList", "dataLinksTagsList", "pubYear",
    "pageInfo", "issue", "journalVolume", "journalIssn", "publicationStatus", "pubModel", "pubType", "pubTypeList",
    "chemicalList", "subsetList", "commentCorrectionList", "isOpenAccess", "inEPMC", "inPMC", "hasPDF", "hasBook",
    "hasSuppl", "citedByCount", "hasData", "hasReferences", "hasTextMinedTerms", "hasDbCrossReferences",
    "hasLabsLinks", "hasEvaluations", "license", "authMan", "epmcAuthMan", "nihAuthMan", "manuscriptId",
    "embargoDate", "hasTMAccessionNumbers", "tmAccessionTypeList", "dbCrossReferenceList", "dateOfCompletion",
    "dateOfCreation", "dateOfRevision", "firstIndexDate", "fullTextReceivedDate", "investigatorList",
    "versionNumber", "versionList",
])  # fmt: skip
_AUTHOR_IGNORED = frozenset({"initials", "suffix", "authorId", "email"})


def publication_of(found: object, source: str, sha256: str, trouble: Trouble) -> Item:
    """The publication of a record. Raises Unreadable that names the field."""
    row = mapping(found, "result")
    base, authors = base_of(row), authors_of(row, trouble)
    doi, venue = doi_in(take_text(row, "doi")), _venue(row)
    printed = [*(text for _, texts in authors for text in texts), take_text(row, "affiliation")]
    organisations = [each for text in printed for each in organisations_of(text)]
    item = Item(
        **base,
        source=source,
        kind="publication",
        people=tuple(Person(name=name) for name, _ in authors if name)[:MOST],
        organisations=tuple(dict.fromkeys((*organisations, *_funders(row))))[:MOST],
        codes=tuple(dict.fromkeys(_words(row)))[:MOST],
        publication=Publication(doi=doi, venue=venue),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, IGNORED))
    return item


def base_of(row: Row) -> Row:
    """What publications and patents share. Raises Unreadable without source, id or title."""
    source, record, title = take_text(row, "source"), take_text(row, "id"), line(take_text(row, "title"))
    if not _SOURCE.fullmatch(source) or not _RECORD.fullmatch(record):
        raise Unreadable(f"source, id: {source!r} {record!r} names no record")
    if not title:
        raise Unreadable("title: missing")
    stamps = [take_text(row, name) for name in ("firstPublicationDate", "electronicPublicationDate")]
    return {
        "source_id": f"{source}/{record}",
        "title": title,
        "text": without_mail(plain(take_text(row, "abstractText"))),
        "url": f"{PAGE}{source}/{record}",
        "language": two_of_three(take_text(row, "language")),
        "published_on": next((on for stamp in stamps if (on := day(stamp))), None),
    }


def authors_of(row: Row, trouble: Trouble) -> list[tuple[str, list[str]]]:
    """Names and printed affiliations, a group being its own; from one string of names, without affiliations."""
    told = take_text(row, "authorString").rstrip(".")
    listed = take_rows(take_mapping(row, "authorList"), "author")
    authors = [_author(author, trouble) for author in listed]
    return authors or [(line(name, 200), []) for name in told.split(", ") if name]


def _author(author: Row, trouble: Trouble) -> tuple[str, list[str]]:
    full, group = take_text(author, "fullName"), take_text(author, "collectiveName")
    parts = (take_text(author, "firstName"), take_text(author, "lastName"))
    listed = take_rows(take_mapping(author, "authorAffiliationDetailsList"), "authorAffiliation")
    printed = [*(take_text(each, "affiliation") for each in listed), take_text(author, "affiliation")]
    trouble.unknown(f"author.{name}" for name in leftovers(author, _AUTHOR_IGNORED))
    return line(" ".join(parts) if all(parts) else full, 200), [text for text in (*printed, group) if text]


def _venue(row: Row) -> str | None:
    """The journal; for preprints and books the publisher."""
    journal = take_mapping(take_mapping(row, "journalInfo"), "journal")
    book = take_mapping(row, "bookOrReportDetails")
    named = (take_text(journal, "title"), take_text(row, "journalTitle"), take_text(book, "publisher"))
    return next((line(name, 200) for name in named if name), None)


def _funders(row: Row) -> list[Organisation]:
    grants = take_rows(take_mapping(row, "grantsList"), "grant")
    return [
        Organisation(name=name, role="funder") for grant in grants if (name := line(take_text(grant, "agency"), 200))
    ]


def _words(row: Row) -> Iterator[str]:
    """MeSH descriptors and the authors' keywords."""
    for heading in take_rows(take_mapping(row, "meshHeadingList"), "meshHeading"):
        if name := line(take_text(heading, "descriptorName"), 100):
            yield f"mesh:{name}"
    for word in take_texts(take_mapping(row, "keywordList"), "keyword"):
        if keyword := line(word, 100):
            yield f"keyword:{keyword}"
