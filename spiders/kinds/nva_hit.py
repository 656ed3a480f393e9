"""A hit of NVA's search, Norway's register of research, to a publication. Field names: SOURCES L4."""

from datetime import date

from spiders.kinds.address import doi_in
from spiders.kinds.dates import moment
from spiders.kinds.languages import two_of_three
from spiders.kinds.personal import without_mail
from spiders.kinds.rows import Row, mapping, take_list, take_mapping, take_rows, take_text
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.item import Item, Organisation, Person, Publication

PAGE = "https://nva.sikt.no/registration/"
NOT_PUBLISHED = "a registration that is not published"
NOT_SCHOLARLY = "a type that is not scholarly"
SHORT_LIST = "a list of authors that is shorter than their number"
UNKNOWN_TYPE = "A type of publication is neither kept nor dropped by name; the records were left out"
KEPT_TYPES = (
    "AcademicArticle", "AcademicChapter", "AcademicCommentary", "AcademicLiteratureReview", "AcademicMonograph",
    "BookAnthology", "CaseReport", "ChapterConferenceAbstract", "ChapterInReport", "ConferenceAbstract",
    "DegreeLicentiate", "DegreePhd", "ProfessionalArticle", "ReportBasic", "ReportBookOfAbstract", "ReportPolicy",
    "ReportResearch", "ReportWorkingPaper", "StudyProtocol",
)  # fmt: skip
_UNPUBLISHED = frozenset({"NEW", "DRAFT", "DRAFT_FOR_DELETION", "UNPUBLISHED", "DELETED"})
_DROPPED_TYPES = frozenset([
    "ArtisticDegreePhd", "ArtisticDesign", "Architecture", "ConferenceLecture", "ConferencePoster",
    "DataManagementPlan", "DataSet", "DegreeBachelor", "DegreeMaster", "Encyclopedia", "EncyclopediaChapter",
    "ExhibitionCatalog", "ExhibitionCatalogChapter", "ExhibitionProduction", "FeatureArticle", "Introduction",
    "JournalCorrigendum", "JournalInterview", "JournalIssue", "JournalLeader", "JournalLetter", "JournalReview",
    "Lecture", "LiteraryArts", "Map", "MediaBlogPost", "MediaFeatureArticle", "MediaInterview",
    "MediaParticipationInRadioOrTv", "MediaPodcast", "MediaReaderOpinion", "MovingPicture", "MusicPerformance",
    "NonFictionChapter", "NonFictionMonograph", "OtherPresentation", "OtherStudentWork", "PerformingArts",
    "PopularScienceArticle", "PopularScienceChapter", "PopularScienceMonograph", "Textbook", "TextbookChapter",
    "VisualArts",
])  # fmt: skip
_IGNORED = frozenset([
    "@context", "id", "type", "modelVersion", "resourceOwner", "associatedArtifacts", "curatingInstitutions",
    "contributorOrganizations", "projects", "publicationContextUris", "additionalIdentifiers", "filesStatus",
    "indexDocumentCreatedAt", "createdDate", "childPublications", "publisher", "pendingOpenFileCount",
    "publishedDate", "handle", "scientificIndex", "nviType", "importDetail", "rightsHolder", "subjects",
    "contributorsCount", "joinField", "hasParts", "publicationNotes", "importDetails", "cristinIdentifier",
])  # fmt: skip
_DESCRIPTION_IGNORED = frozenset(["type", "contributorsPreview", "metadataSource", "contibutorsCount"])
_MOST = 200
_OWN_MONEY = "EI"


def item_of(found: object, source: str, sha256: str, trouble: Trouble) -> Item | None:
    """The publication of a hit, or None where it is skipped by name. Raises Unreadable that names the field."""
    row = mapping(found, "hit")
    told = take_mapping(row, "entityDescription")
    reference = take_mapping(told, "reference")
    if why := _reason_to_skip(take_text(row, "status"), take_mapping(reference, "publicationInstance"), trouble):
        trouble.expected(why)
        return None
    identifier, title = line(take_text(row, "identifier"), 100), line(take_text(told, "mainTitle"))
    if not identifier or not title:
        raise Unreadable("identifier: missing" if not identifier else "mainTitle: missing")
    doi = doi_in(take_text(reference, "doi")) or doi_in(take_text(row, "doi"))
    item = Item(
        source=source,
        source_id=identifier,
        kind="publication",
        title=title,
        text=without_mail(_text(told)),
        url=PAGE + identifier,
        language=two_of_three(take_text(told, "language").rpartition("/")[2]),
        published_on=_published_on(take_mapping(told, "publicationDate")),
        updated_at=moment(take_text(row, "modifiedDate")),
        codes=_codes(told),
        people=tuple(Person(name=name) for name in _people(told, trouble))[:_MOST],
        organisations=tuple(dict.fromkeys((*_institutions(row, told), *_funders(row))))[:_MOST],
        publication=Publication(doi=doi, venue=_venue(take_mapping(reference, "publicationContext")) or None),
        capture_sha256=sha256,
    )
    unknown = leftovers(told, _DESCRIPTION_IGNORED | {"contributors"})
    trouble.unknown([*leftovers(row, _IGNORED), *(f"entityDescription.{name}" for name in unknown)])
    return item


def _reason_to_skip(status: str, instance: Row, trouble: Trouble) -> str | None:
    kind = take_text(instance, "type")
    if status and not status.startswith("PUBLISHED"):
        if status not in _UNPUBLISHED:
            trouble.unknown([f"status={status}"])
        return NOT_PUBLISHED
    if kind in KEPT_TYPES:
        return None
    if kind not in _DROPPED_TYPES:
        trouble.often(UNKNOWN_TYPE)
        trouble.unknown([f"publicationInstance.type={kind or 'missing'}"])
    return NOT_SCHOLARLY


def _text(told: Row) -> str:
    """The abstract, then its translations and those of the title, so that a reader of either language finds it."""
    abstract, description = take_text(told, "abstract"), take_text(told, "description")
    others = [_labels(told, name) for name in ("alternativeTitles", "alternativeAbstracts")]
    texts = [abstract, *(text for held in others for _, text in sorted(held.items()))]
    return plain("\n".join(dict.fromkeys(text for text in texts if text.strip())) or description)


def _labels(row: Row, name: str) -> dict[str, str]:
    """Texts by language."""
    held = take_mapping(row, name)
    if wrong := next((key for key, text in held.items() if not isinstance(text, str)), None):
        raise Unreadable(f"{name}.{wrong}: expected a string")
    return held


def _named(row: Row) -> str:
    """The name in English, else in Norwegian, else in any language."""
    labels = _labels(row, "labels")
    return line(next((labels[code] for code in ("en", "nb", "nn", *labels) if labels.get(code)), ""), 200)


def _published_on(told: Row) -> date | None:
    """The date, where year, month and day are stated; all three are strings."""
    parts = [take_text(told, name) for name in ("year", "month", "day")]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    try:
        on = date(*map(int, parts))
    except ValueError:
        return None
    return on if 1900 <= on.year <= 2100 else None


def _codes(told: Row) -> tuple[str, ...]:
    words = [word for word in take_list(told, "tags") if isinstance(word, str)]
    heading = line(take_text(told, "npiSubjectHeading"), 20)
    codes = [f"keyword:{word}" for each in words if (word := line(each, 100))]
    return tuple(dict.fromkeys([*codes, *([f"npi:{heading}"] if heading else [])]))[:_MOST]


def _people(told: Row, trouble: Trouble) -> list[str]:
    """Authors; of a book without any its editors. Supervisors and contacts are no authors."""
    contributors = take_rows({"contributors": told.get("contributors")}, "contributors")
    roles = [take_text(take_mapping(each, "role"), "type") for each in contributors]
    names = [line(take_text(take_mapping(each, "identity"), "name"), 200) for each in contributors]
    count = told.pop("contributorsCount", None)
    if isinstance(count, int) and count > len(contributors):
        trouble.expected(SHORT_LIST)
    by_role = {wanted: [n for n, role in zip(names, roles, strict=True) if role == wanted and n] for wanted in roles}
    return by_role.get("Creator") or by_role.get("Editor") or []


def _institutions(row: Row, told: Row) -> list[Organisation]:
    """The institutions, with their countries; where none is named, the units of the contributors."""
    units = [unit for each in take_rows(told, "contributors") for unit in take_rows(each, "affiliations")]
    named = [_organisation(unit) for unit in take_rows(row, "topLevelOrganizations")]
    return [each for each in named or [_organisation(unit) for unit in units] if each]


def _organisation(unit: Row) -> Organisation | None:
    name, country = _named(unit), take_text(unit, "countryCode")
    is_code = len(country) == 2 and country.isascii() and country.isupper()
    return Organisation(name=name, country=country if is_code else None) if name else None


def _funders(row: Row) -> list[Organisation]:
    """Who paid, the own institution aside."""
    sources = [take_mapping(funding, "source") for funding in take_rows(row, "fundings")]
    named = [_named(source) for source in sources if source.get("identifier") != _OWN_MONEY]
    return [Organisation(name=name, role="funder") for name in named if name]


def _venue(context: Row) -> str:
    """The journal, the anthology, the series or the publisher."""
    anthology = take_mapping(context, "entityDescription")
    inner = [take_mapping(context, name) for name in ("series", "publisher")]
    names = [
        take_text(context, "name"),
        take_text(anthology, "mainTitle"),
        *(take_text(each, "name") for each in inner),
    ]
    return line(next((name for name in names if name), ""), 200)
