"""Export then import changes nothing; import then export gives the same bytes (P01). Any bad field is found."""

import string
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from needs.example import example_map
from needs.maps import understand
from needs.tree import Node, read_tree
from needs.writing import write_map
from terms.company import Company, Contact, Engagement, Need
from terms.errors import MapNotUnderstood

KEYS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
LINE = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff"),
    min_size=1,
    max_size=60,
).filter(str.strip)
TRICKY = st.sampled_from(
    [
        "no",
        "NO",
        "null",
        "~",
        "1.5",
        "0x1F",
        "- a",
        "# a",
        "a: b",
        "a #b",
        "'",
        '"',
        "\\",
        "{a}",
        "|",
        ">-",
        "yes",
        "æøå",
        "🐟",
    ]
)
SHORT = st.one_of(LINE, TRICKY)
PROSE = st.one_of(
    SHORT,
    st.lists(SHORT, min_size=1, max_size=40).map(" ".join),
    st.lists(st.one_of(SHORT, st.just("")), min_size=1, max_size=5).map("\n".join).filter(str.strip),
)
DATES = st.dates(date(2000, 1, 1), date(2090, 1, 1))
ADDRESSES = st.from_regex(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,20}@[a-z0-9]{1,9}\.(no|example)", fullmatch=True)
CODES = st.sampled_from(["B25J", "B25J 9/16", "G01M13/045", "Y02E 60/32"])
ARXIV = st.sampled_from(["cs.RO", "eess", "cond-mat.soft"])
NEEDS = st.builds(
    Need,
    id=KEYS,
    title=SHORT,
    description=PROSE,
    include=st.lists(SHORT, max_size=3).map(tuple),
    exclude=st.lists(SHORT, max_size=3).map(tuple),
    cpc=st.lists(CODES, max_size=3).map(tuple),
    arxiv=st.lists(ARXIV, max_size=2).map(tuple),
    language=st.sampled_from(["en", "nb", "de", "no"]),
    trl_now=st.none() | st.integers(1, 9),
    trl_target=st.none() | st.integers(1, 9),
    priority=st.integers(1, 5),
    owner=st.none() | SHORT,
    review_on=st.none() | DATES,
)
ENGAGEMENTS = st.builds(
    lambda dates, **others: Engagement(start=min(dates), planned_end=max(dates), **others),
    dates=st.tuples(DATES, DATES),
    broker=SHORT,
    broker_address=ADDRESSES,
    mentors=st.lists(SHORT, max_size=2).map(tuple),
)
CONTACTS = st.builds(Contact, name=SHORT, address=ADDRESSES)
COMPANIES = st.builds(
    Company,
    id=KEYS,
    name=SHORT,
    country=st.sampled_from(["NO", "SE", "DE"]),
    region=st.none() | SHORT,
    timezone=st.sampled_from(["Europe/Oslo", "America/Argentina/Buenos_Aires", "UTC"]),
    nace=st.sampled_from([(), ("28",), ("28.13", "01.1")]),
    competences=st.lists(SHORT, max_size=3).map(tuple),
    languages=st.sampled_from([(), ("en",), ("no", "nb")]),
    contacts=st.lists(CONTACTS, max_size=3, unique_by=lambda c: c.address.lower()).map(tuple),
    engagement=ENGAGEMENTS,
    needs=st.lists(NEEDS, max_size=3, unique_by=lambda n: n.id).map(tuple),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(COMPANIES)
def test_export_then_import_changes_nothing(company: Company) -> None:
    text = write_map(company)
    assert understand(text, "m") == company
    assert write_map(understand(text, "m")) == text


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=string.printable + "æøåÆØÅ&*!|>%@`🐟\u2028\ufeff", max_size=300))
def test_whatever_the_text_is_it_is_read_or_refused(text: str) -> None:
    try:
        understand(text, "m")
    except MapNotUnderstood as refused:
        assert str(refused).startswith("m:")


def test_long_text_stays_readable_and_the_file_is_explained() -> None:
    text = write_map(understand(example_map(), "example"))
    assert text.startswith("# Need map")
    assert max(map(len, text.splitlines())) <= 120
    assert "    description: >-\n" in text
    assert 'country: "NO"\n' in text


def test_a_company_that_no_map_can_hold_is_not_written() -> None:
    company = understand(example_map(), "example").model_copy(update={"name": "two\nlines"})
    with pytest.raises(MapNotUnderstood, match="name: must be one line"):
        write_map(company)


def _leaves(node: Node, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if node.shape == "scalar":
        return [path]
    return [leaf for step, child in node.children.items() for leaf in _leaves(child, (*path, step))]


LINES = write_map(understand(example_map(), "example")).splitlines()
ROOT = read_tree("\n".join(LINES))[0]


@pytest.mark.parametrize("path", _leaves(ROOT), ids=str)
def test_every_field_spoilt_is_refused_at_its_line(path: tuple[str | int, ...]) -> None:
    """Each scalar of the example in turn becomes a mapping, which no scalar field takes."""
    at = ROOT.line_of(path)
    line = LINES[at - 1]
    head = line[: line.index("- ") + 2] if isinstance(path[-1], int) else line[: line.index(": ") + 2]
    folded = [x for x in LINES[at:] if line.endswith(">-") and x.startswith("      ")]
    rest = LINES[at + len(folded) :] if folded and LINES[at : at + len(folded)] == folded else LINES[at:]
    while rest and line.endswith(">-") and rest[0].startswith("      "):
        rest = rest[1:]
    with pytest.raises(MapNotUnderstood) as caught:
        understand("\n".join([*LINES[: at - 1], head + "{spoilt: 1}", *rest]), "m")
    assert [told.split(":")[1] for told in str(caught.value).splitlines()] == [str(at)]
