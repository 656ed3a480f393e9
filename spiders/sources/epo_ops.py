"""EPO Open Patent Services: publications of all offices, searched by class and week. Needs a free key."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from spiders.kinds import exchange, patent, register
from spiders.kinds.ops import Query, Span, held_by, query_in, read_answer, span_of, token_in
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.item import Item

TOO_DEEP = "A class has more publications on one day than the service shows; the rest was left out"
NOT_WHOLE = "A search sent another number of documents than it states"
_CPC = re.compile(r"[A-HY]\d{2}[A-Z](?: ?\d{1,4}/\d{2,6})?")
_WIDEST, _DEEPEST = 100, 2_000
_OVERLAP = timedelta(days=10)


class EpoOps(Source):
    """Patent publications by CPC class. Records come late, so each search reaches ten days back beyond the last."""

    title = "EPO Open Patent Services"
    publisher = "European Patent Office"
    home = "https://www.epo.org/en/searching-for-patents/data/web-services/ops"
    licence = "EPO terms: use in own products with the source named; raw answers are not passed on"
    terms = "https://www.epo.org/en/service-support/ordering/fair-use"
    attribution = "Source: European Patent Office, Open Patent Services"
    kind = "patent"
    every = 168
    expect = (0, 20_000)
    rate = 2.5
    resumes = 0
    needs_keys = ("epo_ops_key", "epo_ops_secret")
    recorded_as = ("epo_ops",)
    unproven = "the log-in, searches that bring documents, their paging and splitting, and the 404 for no hits"
    server = "https://ops.epo.org/3.2"
    default_classes = ("B25J", "G01N", "G05B")

    def start(self, plan: Plan) -> Iterable[Ask]:
        """Log in; a token holds for twenty minutes, in which a crawl can ask for 480 pages; then it is renewed."""
        pair = f"{plan.keys['epo_ops_key']}:{plan.keys['epo_ops_secret']}".encode()
        headers = {
            "Authorization": f"Basic {b64encode(pair).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        url, body = f"{self.server}/auth/accesstoken", b"grant_type=client_credentials"
        return (Ask(url, method="POST", body=body, headers=headers, label="token", is_secret=True),)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The token leads to one search a class; the first page of a search to its others."""
        if page.label == "token":
            until = plan.now.date()
            since = (date.fromisoformat(plan.since[:10]) if plan.since else until) - _OVERLAP
            sent = {**self.token_lines(page), "Accept": "application/exchange+xml"}
            wished = sorted({code.replace(" ", "") for code in plan.focus.cpc if _CPC.fullmatch(code)})
            for prefix in wished or self.default_classes:
                yield self.search(Query(prefix, since, until), sent)
        elif (query := query_in(page)) and (span := span_of(read_answer(page))) and span.begin == 1:
            yield from self.further(query, span, page.sent)

    def further(self, query: Query, span: Span, sent: Mapping[str, str]) -> Iterable[Ask]:
        """The other pages. More than 2 000 hits are out of reach: then each half of the days is searched."""
        if span.total > _DEEPEST and query.since < query.until:
            middle = query.since + (query.until - query.since) // 2
            yield self.search(query._replace(until=middle), sent)
            yield self.search(query._replace(since=middle + timedelta(days=1)), sent)
            return
        for begin in range(_WIDEST + 1, min(span.total, _DEEPEST) + 1, _WIDEST):
            yield self.search(query, sent, begin)

    def search(self, query: Query, sent: Mapping[str, str], begin: int = 1) -> Ask:
        """One page of a search. sent: header lines, with the token."""
        words = f'cpc={query.prefix} and pd within "{query.since:%Y%m%d} {query.until:%Y%m%d}"'
        asked = urlencode({"q": words, "Range": f"{begin}-{begin + _WIDEST - 1}"})
        return Ask(f"{self.server}/rest-services/published-data/search/biblio,abstract?{asked}", headers=sent)

    def is_absence(self, page: Page) -> bool:
        """No hits are a 404 that names EntityNotFound; it says the same of a query that it cannot read."""
        return page.status == 404 and b"SERVER.EntityNotFound" in page.body

    def is_lapsed(self, page: Page) -> bool:
        """A token that is too old is a 400 that says `invalid_access_token`; 401 says so too."""
        return page.status == 401 or (page.status == 400 and b"invalid_access_token" in page.body)

    def token_lines(self, page: Page) -> Mapping[str, str]:
        """What goes with every search."""
        return {"Authorization": f"Bearer {token_in(page)}"}

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
        """Every document of an answer, whichever of the services sent it: search, publication, family, register."""
        if page.label == "token":
            token_in(page)
            return
        root = read_answer(page)
        documents = list(root.iter(f"{exchange.EXCHANGE}exchange-document"))
        registered = register.documents_in(root)
        if not documents and not registered:
            raise SourceChanged(f"{page.url} holds no document but {held_by(root)}; ask for biblio,abstract")
        trouble = Trouble(self.name, page, note)
        for element in (*documents, *registered):
            try:
                if element.tag == f"{exchange.EXCHANGE}exchange-document":
                    trouble.unknown(exchange.unknown_fields(element))
                    document = exchange.document_of(element)
                else:
                    document = register.document_of(element)
                yield patent.item_of(document, self.name, page.capture_sha256)
            except ValueError as unreadable:
                trouble.record_unreadable(element.get("doc-number", "") or element.get("id", ""), unreadable)
        if span := span_of(root):
            check(span, query_in(page), len(documents), trouble)
        trouble.close()


def check(span: Span, query: Query | None, documents: int, trouble: Trouble) -> None:
    """Say aloud what a search holds back."""
    stated = min(span.end, span.total) - span.begin + 1
    if documents != stated:
        trouble.note(NOT_WHOLE, documents=str(documents), stated=str(stated))
    if query and span.begin == 1 and span.total > _DEEPEST and query.since == query.until:
        trouble.note(TOO_DEEP, left_out=str(span.total - _DEEPEST), query=query.prefix)
