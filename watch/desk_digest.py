"""The digest editor's use cases: order, sentence, hold back, preview, approve, archive; each scoped (P34, P35)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Literal, NamedTuple

from digests.headers import one_line, shortened
from digests.render import Rendered
from ledger import audit, digests, edits, outbox
from ledger.digests import Kept, digest_key
from ledger.outbox import Waiting
from terms.company import Company
from terms.digest import Digest, Line, Suggestion, iso_week
from terms.edit import Held
from terms.errors import NotFound, Overtaken
from terms.person import Scope
from watch import digest, schedule
from watch.desk_companies import company_of
from watch.desk_queue import Workroom, read_scope_maps
from watch.edits import arranged, block_ref, moved, stamp_of

LONGEST_SENTENCE = 600
_ARCHIVE = 200
Until = Literal["next", "never"]
Change = Callable[[Digest], dict[str, object]]


class Week(NamedTuple):
    """One company's digest of this week. kept: None where there is no draft. due_at: when its mails leave."""

    company: Company
    iso_week: str
    kept: Kept | None
    due_at: datetime


class Block(NamedTuple):
    """What moves as one: a suggestion with its lines, or a single line. is_first, is_last: among its own kind."""

    ref: str
    kind: Literal["project", "partner", "evidence"]
    heading: str
    lines: Sequence[Line]
    is_first: bool
    is_last: bool


class Sheet(NamedTuple):
    """The editor's page. seen: carried back by every change. mail: as a reader gets it; None without a draft."""

    week: Week
    blocks: Sequence[Block]
    held: Sequence[Held]
    seen: str
    mail: Rendered | None


class Opened(NamedTuple):
    """A mail as it left: its headers as written, and its two bodies as a reader's program decodes them."""

    waiting: Waiting
    headers: Sequence[tuple[str, str]]
    text: str
    html: str


def weeks(room: Workroom, scope: Scope) -> list[Week]:
    """This week's digest of every company served, by name; those with a draft first."""
    maps, now = read_scope_maps(room, scope), room.house.clock()
    wanted = {schedule.week_of(now, company) for company in maps.values()}
    with room.house.ledger.read() as connection:
        kept = {k.digest_key: k for week in wanted for k in edits.read_digests_of(connection, maps, week)}
    found = [_week(company, kept, now) for company in maps.values()]
    return sorted(found, key=lambda w: (w.kept is None or w.kept.state != "draft", w.company.name.casefold()))


def sheet(room: Workroom, scope: Scope, company_key: str) -> Sheet:
    """The editor of one company's digest of this week. Raises NotFound."""
    company, now = company_of(room, scope, company_key), room.house.clock()
    week = schedule.week_of(now, company)
    with room.house.ledger.read() as connection:
        kept = {k.digest_key: k for k in edits.read_digests_of(connection, [company_key], week)}
        held = edits.read_held(connection, company_key, week)
    found = _week(company, kept, now)
    if found.kept is None:
        return Sheet(found, (), held, "", None)
    told = found.kept.digest
    return Sheet(found, blocks_of(told), held, stamp_of(told), digest.preview(room.house, company_key, week))


def blocks_of(told: Digest) -> list[Block]:
    """The digest's blocks in the order of the mail."""
    groups: list[tuple[Literal["project", "partner", "evidence"], list[tuple[str, Suggestion | Line]]]] = [
        ("project", [(s.call.title if s.call else "", s) for s in told.suggestions if s.kind == "project"]),
        ("partner", [(s.partner or "", s) for s in told.suggestions if s.kind == "partner"]),
        ("evidence", [(line.title, line) for line in told.evidence]),
    ]
    return [
        Block(block_ref(one), kind, heading, _lines(one), n == 0, n == len(group) - 1)
        for kind, group in groups
        for n, (heading, one) in enumerate(group)
    ]


def move(room: Workroom, scope: Scope, company_key: str, ref: str, step: int, seen: str) -> None:
    """One block up (-1) or down (1) among its own kind. Raises NotFound, Overtaken."""
    _change(room, scope, company_key, seen, "ordered digest", lambda told: {"order": moved(told, ref, step)})


def say(room: Workroom, scope: Scope, company_key: str, sentence: str, seen: str) -> None:
    """A sentence of a mentor or broker above the lines; "" for none. Raises NotFound, Overtaken, ValueError."""
    words = one_line(sentence)
    if len(words) > LONGEST_SENTENCE:
        raise ValueError(f"a sentence in a digest has at most {LONGEST_SENTENCE} characters")
    _change(room, scope, company_key, seen, "wrote in digest", lambda told: {"sentence": words})


def hold(room: Workroom, scope: Scope, company_key: str, ref: str, until: Until, seen: str) -> None:
    """Keep a line out of this week's digest or of every one, and draft anew. Raises NotFound, Overtaken."""
    company = company_of(room, scope, company_key)
    kept = _draft(room, company, seen)
    line = next((line for line in kept.digest.lines if line.ref == ref), None)
    if line is None:
        raise NotFound("no line of this draft has that ref")
    later = iso_week(schedule.monday_of(kept.digest.iso_week) + timedelta(weeks=1))
    held = Held(
        company_key=company_key, cluster_key=line.cluster_key, ref=ref, title=shortened(one_line(line.title), 300),
        until_week=later if until == "next" else None, held_by=scope.person.name,
    )  # fmt: skip
    facts = {"digest": kept.digest_key, "ref": ref, "until": held.until_week or "never"}
    now = room.house.clock()
    with room.house.ledger.write() as connection:
        _refuse_changed(digests.read_digest(connection, kept.digest_key), seen)
        edits.hold(connection, held, at=now)
        audit.append_audit(connection, scope.person.name, "held back line", facts, at=now)
    digest.draft(room.house, company)


def take_back(room: Workroom, scope: Scope, company_key: str, ref: str) -> None:
    """A held line may be told again; the draft is made anew. Raises NotFound."""
    company, now = company_of(room, scope, company_key), room.house.clock()
    with room.house.ledger.write() as connection:
        held = edits.read_held(connection, company_key, schedule.week_of(now, company))
        cluster = next((one.cluster_key for one in held if one.ref == ref), None)
        if cluster is None:
            raise NotFound("that line is not held back")
        edits.release(connection, company_key, cluster)
        audit.append_audit(connection, scope.person.name, "released line", {"company": company_key, "ref": ref}, at=now)
    digest.draft(room.house, company)


def draft_anew(room: Workroom, scope: Scope, company_key: str) -> None:
    """This week's draft from what is accepted now; order, sentence and held lines stay. Raises NotFound."""
    digest.draft(room.house, company_of(room, scope, company_key))


def approve(room: Workroom, scope: Scope, company_key: str, seen: str) -> int:
    """Freeze the mails of what was seen; returns how many. Raises as `watch.digest.approve`."""
    scope.require(company_key)
    return digest.approve(room.house, company_key, by=scope.person.name, seen=seen)


def archive(room: Workroom, scope: Scope, company_key: str = "") -> list[Kept]:
    """Digests of companies served that are no drafts any more, newest first, at most 200."""
    wanted = [scope.require(company_key)] if company_key else sorted(scope.companies)
    with room.house.ledger.read() as connection:
        found = edits.read_digests_of(connection, wanted)
    return [kept for kept in found if kept.state != "draft"][:_ARCHIVE]


def sent_mails(room: Workroom, scope: Scope, company_key: str, week: str) -> list[Waiting]:
    """The frozen mails of one digest, by recipient. Raises NotFound."""
    scope.require(company_key)
    key = digest_key(company_key, week)
    with room.house.ledger.read() as connection:
        return [one for one in outbox.read_outbox(connection) if one.digest_key == key]


def open_mail(room: Workroom, scope: Scope, company_key: str, week: str, number: int) -> Opened:
    """One frozen mail, opened. number: its place among the digest's mails. Raises NotFound."""
    mails = sent_mails(room, scope, company_key, week)
    if not 0 <= number < len(mails):
        raise NotFound("there is no such mail")
    parsed = message_from_bytes(mails[number].outgoing.body, policy=policy.default)
    bodies = {kind: parsed.get_body((kind,)) for kind in ("plain", "html")}
    texts = {kind: str(part.get_content()) if part else "" for kind, part in bodies.items()}
    return Opened(mails[number], [(n, str(v)) for n, v in parsed.items()], texts["plain"], texts["html"])


def names(room: Workroom, scope: Scope) -> dict[str, str]:
    """Key -> name of the companies served."""
    return {key: company.name for key, company in read_scope_maps(room, scope).items()}


def _week(company: Company, kept: dict[str, Kept], now: datetime) -> Week:
    week = schedule.week_of(now, company)
    return Week(company, week, kept.get(digest_key(company.id, week)), schedule.due_at(company, week, now))


def _lines(block: Suggestion | Line) -> Sequence[Line]:
    if isinstance(block, Line):
        return (block,)
    return ((block.call,) if block.call else ()) + block.evidence


def _draft(room: Workroom, company: Company, seen: str) -> Kept:
    with room.house.ledger.read() as connection:
        kept = digests.read_digest(connection, digest_key(company.id, schedule.week_of(room.house.clock(), company)))
    _refuse_changed(kept, seen)
    return kept


def _refuse_changed(kept: Kept, seen: str) -> None:
    if kept.state != "draft":
        raise Overtaken(f"this digest is {kept.state} already, by {kept.approved_by}")
    if stamp_of(kept.digest) != seen:
        raise Overtaken("this draft was changed since you opened it; look at it again")


def _change(room: Workroom, scope: Scope, company_key: str, seen: str, what: str, change: Change) -> None:
    """Change the edit and lay it over the draft, in one transaction."""
    company, now = company_of(room, scope, company_key), room.house.clock()
    key = digest_key(company_key, schedule.week_of(now, company))
    with room.house.ledger.write() as connection:
        kept = digests.read_digest(connection, key)
        _refuse_changed(kept, seen)
        edit = edits.read_edit(connection, key).model_copy(update=change(kept.digest))
        edits.save_edit(connection, key, edit, at=now)
        digests.save_draft(connection, arranged(kept.digest, edit), at=now)
        audit.append_audit(connection, scope.person.name, what, {"digest": key}, at=now)
