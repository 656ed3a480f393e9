"""One opportunity whole: the item with its reasons marked, the need beside it, and what was said of it before."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from digests.links import safe_link
from ledger import companies
from ledger.claims import Opinion
from ledger.decisions import Standing
from terms.company import Company, Need
from terms.gate import Gate
from terms.item import Item, Status, next_deadline, status_of
from terms.match import Reasons
from terms.person import Person, Scope
from warehouse import desk, items
from warehouse.items import Stored
from watch.desk_book import Entry
from watch.desk_decide import seen_of
from watch.desk_queue import Workroom, read_map
from watch.gate import aid_on_record, gate_of, worded
from watch.people import colleagues

_MOST_MEMBERS = 20
_KEPT = 2_000


class Piece(NamedTuple):
    """A piece of a text. mark: passage (a reason the matcher gives), term (a word that counted), or nothing."""

    text: str
    mark: str


class Twin(NamedTuple):
    """Another item of the cluster. url: None where it is no plain web address."""

    source: str
    title: str
    url: str | None


class Card(NamedTuple):
    """What a broker decides on. seen: carried back by it. others: the cluster elsewhere. called: names by key."""

    entry: Entry
    company: Company
    need: Need
    is_need_edited: bool
    item: Item
    url: str | None
    source: str
    status: Status | None
    deadline_at: datetime | None
    reasons: Reasons
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    twins: tuple[Twin, ...]
    history: tuple[Standing, ...]
    opinions: tuple[Opinion, ...]
    colleagues: tuple[Person, ...]
    others: tuple[tuple[Entry, str], ...]
    seen: str
    called: dict[str, str]


def card_of(room: Workroom, scope: Scope, entry: Entry, opinions: Sequence[Opinion], others: Sequence[Entry]) -> Card:
    """The whole of one opportunity. Raises NotFound for a company that others serve."""
    scope.require(entry.company_key)
    house = room.house
    item, twins = _read(room, entry)
    reasons = Reasons.model_validate_json(entry.reasons)
    company = read_map(room, scope, entry.company_key)
    with house.ledger.read() as connection:
        version = companies.read_need(connection, entry.need_key, entry.need_version)
    now_need = next(need for need in company.needs if f"{company.id}/{need.id}" == entry.need_key)
    need = version.need if version else now_need
    beside = colleagues(house, scope, entry.company_key)
    return Card(
        entry=entry,
        company=company,
        need=need,
        is_need_edited=need != now_need,
        item=item,
        url=safe_link(item.url),
        source=room.title_of(item.source),
        status=status_of(item.call, house.clock()) if item.call else None,
        deadline_at=next_deadline(item.call, house.clock()),
        reasons=reasons,
        title=tuple(marked(item.title, "title", reasons)),
        text=tuple(marked(item.text, "text", reasons)),
        twins=tuple(Twin(s.item.source, s.item.title, safe_link(s.item.url)) for s in twins),
        history=tuple(_history(room, entry)),
        opinions=tuple(opinions),
        colleagues=tuple(beside),
        others=tuple((other, seen_of(room, other)) for other in others),
        seen=seen_of(room, entry),
        called={person.person_key: person.name for person in (scope.person, *beside)},
    )


def gate_card(room: Workroom, scope: Scope, entry: Entry, language: str = "en") -> Gate | None:
    """The gate's verdicts on one opportunity in the reader's words; None where it is no call (P23).

    Raises NotFound as `card_of`.
    """
    scope.require(entry.company_key)
    item, _ = _read(room, entry)
    company = read_map(room, scope, entry.company_key)
    need = next((need for need in company.needs if f"{company.id}/{need.id}" == entry.need_key), None)
    found = gate_of(item, company, need, room.house.clock(), aid_on_record(room.house, company.id))
    return worded(found, language, company, room.house.clock()) if found else None


def marked(text: str, field: str, reasons: Reasons) -> Iterator[Piece]:
    """The text in pieces: passages by their offsets, words that counted wherever they stand. Joined it is the text."""
    passages = [(p.start, p.end) for p in reasons.passages if p.field == field and text[p.start : p.end] == p.text]
    kinds = [""] * len(text)
    for start, end in passages:
        kinds[start:end] = ["passage"] * (end - start)
    for start, end in _terms_in(text, reasons.terms):
        kinds[start:end] = ["term"] * (end - start)
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or kinds[place] != kinds[start]:
            yield Piece(text[start:place], kinds[start])
            start = place


def _terms_in(text: str, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
    words = [re.escape(term) for term in terms if ":" not in term and term.strip()]
    if words:
        for found in re.finditer(rf"(?<!\w)(?:{'|'.join(words)})\w{{0,3}}(?!\w)", text, re.IGNORECASE):
            yield found.span()


def _read(room: Workroom, entry: Entry) -> tuple[Item, list[Stored]]:
    keys = [key for key in room.shelf.book().members.get(entry.cluster_key, ()) if key != entry.item_key]
    state = (entry.item_key, entry.state_key)
    item = room.states.get(state)  # a state never changes, and the next one is asked for before it is shown
    twins = dict[str, Stored]()
    if item is None or keys:
        with room.warehouse.read_at_hand() as connection:
            item = item or desk.read_state(connection, *state, entry.place)
            twins = items.read_items(connection, keys[:_MOST_MEMBERS]) if keys else {}
    if item is None:  # the book is newer than the copy at hand
        with room.warehouse.read() as connection:
            item = desk.read_state(connection, *state, entry.place)
    if item is None:
        raise LookupError(f"{entry.item_key} is in the book and not in the warehouse")
    _keep(room, state, item)
    return item, list(twins.values())


def _keep(room: Workroom, state: tuple[str, str], item: Item) -> None:
    """The last states shown, oldest first; a race may drop one more than it must."""
    room.states.pop(state, None)
    room.states[state] = item
    for oldest in list(room.states)[: max(0, len(room.states) - _KEPT)]:
        room.states.pop(oldest, None)


def _history(room: Workroom, entry: Entry) -> Iterator[Standing]:
    """Every decision of the company on the cluster, newest first, undos too."""
    keys = {entry.cluster_key, *room.shelf.book().members.get(entry.cluster_key, ())}
    for stood in reversed(room.decided.history(entry.company_key)):
        if stood.decision.cluster_key in keys:
            yield stood
