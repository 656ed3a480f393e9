"""What the answers of EPO's Open Patent Services say around their documents: token, range, fault."""

import json
import re
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from spiders.kinds.dates import day
from spiders.kinds.xml import read_xml, words
from spiders.page import Page
from spiders.text import line
from terms.errors import SourceChanged

_OPS = "{http://ops.epo.org}"
_QUERY = re.compile(r'cpc=(\S{4,20}) and pd within "(\d{8}) (\d{8})"')


class Query(NamedTuple):
    """One of our searches: publications of a class within some days, both included."""

    prefix: str
    since: date
    until: date


class Span(NamedTuple):
    """How many hits there are in all (10 000 at most are counted), and which of them an answer holds, from 1."""

    total: int
    begin: int
    end: int


def token_in(page: Page) -> str:
    """The access token of a log-in. Raises SourceChanged."""
    try:
        token = json.loads(page.body)["access_token"]
    except (ValueError, KeyError, TypeError) as trouble:
        raise SourceChanged(f"{page.url} gave no access_token; look at how one logs in") from trouble
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]{1,4000}", token):
        raise SourceChanged(f"{page.url} gave an access_token that cannot be sent; look at how one logs in")
    return token


def query_in(page: Page) -> Query | None:
    """The search that an address asks for, if it is one of ours."""
    stated = parse_qs(urlsplit(page.url).query).get("q", [""])[0]
    found = _QUERY.fullmatch(stated)
    since, until = (day(found[2]), day(found[3])) if found else (None, None)
    return Query(found[1], since, until) if found and since and until else None


def span_of(root: etree._Element) -> Span | None:
    """What a search says of itself; None where the answer is no search."""
    search = root.find(f"{_OPS}biblio-search")
    held = None if search is None else search.find(f"{_OPS}range")
    if search is None or held is None:
        return None
    stated = [search.get("total-result-count", ""), held.get("begin", ""), held.get("end", "")]
    return Span(*map(int, stated)) if all(re.fullmatch(r"\d{1,7}", number) for number in stated) else None


def read_answer(page: Page) -> etree._Element:
    """The world-patent-data of an answer. Raises SourceChanged where it is a fault, or something else."""
    root, _ = read_xml(page.body)
    if root is None or not isinstance(root.tag, str):
        raise SourceChanged(f"{page.url} answered with something that is not XML; open it")
    name = etree.QName(root).localname
    if name in {"fault", "error"}:
        said = line(" ".join(words(part) for part in root), 200)
        raise SourceChanged(f"{page.url} answered with a fault: {said}; look up its code")
    if name != "world-patent-data":
        raise SourceChanged(f"{page.url} is no world-patent-data but {name!r}; open it")
    return root


def held_by(root: etree._Element) -> str:
    """What an answer holds instead of documents, in its own words."""
    names = dict.fromkeys(etree.QName(child).localname for child in root if isinstance(child.tag, str))
    return ", ".join([name for name in names if name != "meta"]) or "nothing"
