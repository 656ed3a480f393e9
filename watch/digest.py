"""Hop 6, second half: drafts, and approval that freezes the mails. Nothing unapproved is sent (P35)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from digests.compose import compose, is_quiet
from digests.render import Rendered
from ledger import audit, digests, outbox, preferences, webhooks
from ledger.digests import Kept, digest_key
from terms.company import Company
from terms.digest import Digest
from terms.errors import NotFound, Overtaken, VardeError
from terms.organisation import RECORDS
from warehouse import runs
from watch import schedule
from watch.advise import advise
from watch.apart import apart
from watch.collect import source_facts
from watch.companies import find_company, read_watched
from watch.edits import edited, stamp_of
from watch.freeze import freeze, rendered
from watch.health import read_health
from watch.house import House
from watch.news import news
from watch.webhook_posts import frozen_post


class Drafted(NamedTuple):
    """What drafting did for one company.

    state: draft, quiet (nothing to tell), not due (no reader wants a mail this week), quarantined (an incident says
    why), or approved/sent and left alone.
    """

    company_key: str
    state: str
    lines: int
    held_back: int


class Around(NamedTuple):
    """What a run looks up once for all companies. examined: items by source title, in seven days. new: of them."""

    examined: dict[str, int]
    new: int
    degraded: tuple[str, ...]


def week_of(house: House, company: Company) -> str:
    """The ISO week it is now where the company is."""
    return schedule.week_of(house.clock(), company)


def draft_all(house: House) -> list[Drafted]:
    """A draft for every watched company that has something to be told; one that cannot be made stops no other."""
    with house.warehouse.look():
        seen = look_around(house)
        return [
            apart(house, company, lambda house, one: draft(house, one, seen))
            or Drafted(company.id, "quarantined", 0, 0)
            for company in read_watched(house)
        ]


def draft(house: House, company: Company, seen: Around | None = None) -> Drafted:
    """Compose this week's digest of one company anew; an approved one stays as it is, unless it came too late.

    seen: what is the same for every company, where it was looked up before.
    """
    schedule.merge_late(house, company)
    now, week = house.clock(), week_of(house, company)
    key = digest_key(company.id, week)
    if not schedule.due_readers(house, company, week):
        with house.ledger.write() as connection:
            digests.drop_draft(connection, company.id, week)
        return Drafted(company.id, "not due", 0, 0)
    digest = _composed(house, company, week, now, seen or look_around(house))
    with house.ledger.write() as connection:
        if is_quiet(digest) and company.quiet_week == "nothing":
            digests.drop_draft(connection, company.id, week)
        elif digests.save_draft(connection, digest, at=now):
            return Drafted(company.id, "draft", len(digest.lines), digest.held_back)
        kept = {k.digest_key: k.state for k in digests.read_digests(connection, week)}
    return Drafted(company.id, kept.get(key, "quiet"), 0, 0)


def approve(
    house: House,
    company_key: str,
    *,
    by: str,
    week: str | None = None,
    seen: str | None = None,
    kind: schedule.DigestKind = "digest",
) -> int:
    """Freeze the draft's mails, one per contact, and put them into the outbox; returns how many.

    seen: `stamp_of` the draft that was looked at; any other is not approved (Overtaken).
    Raises NotFound without a draft or a reader, ValueError where nobody approves, VardeError where it is approved
    already or a call in it has closed since.
    """
    if not by.strip():
        raise ValueError("an approval needs a name (--broker, or VARDE_BROKER)")
    company = find_company(house, company_key)
    key = digest_key(company.id, week or week_of(house, company), kind)
    now = house.clock()
    with house.ledger.read() as connection:
        kept = digests.read_digest(connection, key)
        calendar = preferences.calendar_generation(connection, company.id)
    _refuse_stale(kept, week_of(house, company), now)
    if seen not in (None, stamp_of(kept.digest)):
        raise Overtaken(f"{key} was changed since you looked at it; look again and approve it then")
    readers = schedule.due_readers(house, company, kept.digest.iso_week, kind)
    if not readers:
        raise NotFound(
            f"{company.id} has no reader who wants a digest this week; add a contact, or see `varde readers`"
        )
    due_at = schedule.due_at(company, kept.digest.iso_week, now)
    mails = list(freeze(house, company, kept, readers, now, calendar=calendar))
    post = frozen_post(house, company, kept, now, due_at)
    with house.ledger.write() as connection:
        fresh = digests.read_digest(connection, key)
        _refuse_stale(fresh, week_of(house, company), now)
        if fresh != kept:
            raise VardeError(f"{key} was changed meanwhile; look at it again and approve it then")
        if not digests.set_approved(connection, key, by=by, at=now):
            raise VardeError(f"{key} is {kept.state} already, by {kept.approved_by}")
        audit.append_audit(connection, by, "approved digest", {"digest": key}, at=now)
        if post is not None:
            webhooks.add_post(connection, post, at=now)
        return outbox.enqueue(connection, key, mails, at=now, due_at=due_at)


def preview(
    house: House,
    company_key: str,
    week: str | None = None,
    language: str | None = None,
    kind: schedule.DigestKind = "digest",
) -> Rendered:
    """The digest as its first contact would get it. Raises NotFound."""
    company = find_company(house, company_key)
    key = digest_key(company.id, week or week_of(house, company), kind)
    with house.ledger.read() as connection:
        kept = digests.read_digest(connection, key)
    spoken = language or (company.contacts[0].language if company.contacts else company.languages[0])
    return rendered(house, company, kept.digest, spoken, house.clock(), None)


def list_digests(house: House, week: str | None = None) -> list[Kept]:
    """Digests of a week, or all."""
    with house.ledger.read() as connection:
        return digests.read_digests(connection, week)


def look_around(house: House) -> Around:
    """What every company's digest says alike: what was examined, and which source was down."""
    facts = source_facts(house)
    titles = {name: source.title for name, source in facts.items()}
    ill = [name for name, health in read_health(house, facts).items() if health.state != "healthy"]
    with house.warehouse.read() as connection:
        counted = runs.examined_since(connection, house.clock() - timedelta(days=7))
    read = {name: both for name, both in counted.items() if name not in facts or facts[name].kind not in RECORDS}
    examined = {titles.get(name, name): items for name, (items, _) in read.items()}  # registers are looked up, not read
    return Around(examined, sum(new for _, new in read.values()), tuple(sorted(titles[name] for name in ill)))


def _composed(house: House, company: Company, week: str, now: datetime, seen: Around) -> Digest:
    advice = advise(house, company)
    composed = compose(
        company,
        advice.suggestions,
        advice.leftover,
        now=now,
        iso_week=week,
        language=company.languages[0],
        cap=house.settings.digest_cap,
        examined=seen.examined,
        new=seen.new,
        degraded=seen.degraded,
        changes=news(house, company, week),
    )
    return edited(house, composed)


def _refuse_stale(kept: Kept, this_week: str, now: datetime) -> None:
    if kept.digest.iso_week < this_week:
        raise VardeError(f"{kept.digest_key} is of a past week; what it held stands in the draft of {this_week}")
    if kept.state != "draft":
        raise VardeError(f"{kept.digest_key} is {kept.state} already, by {kept.approved_by}")
    closed = [line.title for line in kept.digest.lines if line.deadline_at and line.deadline_at <= now]
    if closed:
        raise VardeError(f"{kept.digest_key}: closed since it was drafted: {', '.join(closed)}; `varde digest draft`")
