"""Any line of a digest, walked back to the bytes: mail > digest > decision > match > item > capture > source.

What speaks for a partner from outside was matched to nothing: a project or announcement stands before its capture.
"""

from collections.abc import Iterator
from typing import NamedTuple

from digests.headers import one_line
from ledger import companies, decisions, digests, outbox
from ledger.digests import KeptLine
from spiders.capture import read_capture
from terms.decision import Decision
from terms.errors import NotFound
from terms.match import Match
from terms.organisation import Project
from warehouse import items, matches
from warehouse.items import Stored
from watch.collect import source_facts
from watch.deeds import recorded_deed
from watch.house import House
from watch.review import find_opportunity


class Hop(NamedTuple):
    """One link of the chain. name: mail, digest, decision, match, item, project, announcement, capture, source."""

    name: str
    facts: dict[str, str]


def explain(house: House, ref: str) -> list[list[Hop]]:
    """One chain per digest that carries the line; for an opportunity that no digest has told, from its decision on.

    Raises NotFound.
    """
    wanted = ref.strip().upper()
    with house.ledger.read() as connection:
        lines = digests.find_lines(connection, wanted)
    if lines:
        return [_chain_of_line(house, line) for line in lines]
    try:
        found = find_opportunity(house, wanted)
    except NotFound:
        raise NotFound(
            f"no digest and no opportunity has the ref {wanted}; refs stand at the end of each line"
        ) from None
    cluster = found.match.cluster_key
    return [[*_decisions(house, found.company_key, cluster), *_from_match(house, found.match, cluster)]]


def _chain_of_line(house: House, line: KeptLine) -> list[Hop]:
    with house.ledger.read() as connection:
        kept = digests.read_digest(connection, line.digest_key)
        mails = [w for w in outbox.read_outbox(connection) if w.digest_key == line.digest_key]
    chain = [
        Hop("mail", {"message_id": w.outgoing.message_id, "state": w.state, "said": w.detail or "nothing yet"})
        for w in mails
    ]
    by = f"{kept.approved_by}, {kept.approved_at:%Y-%m-%d %H:%M} UTC" if kept.approved_at else "nobody yet"
    chain.append(Hop("digest", {"digest": kept.digest_key, "state": kept.state, "approved by": by}))
    with house.warehouse.read() as connection:
        found = matches.read_match(connection, line.need_key, line.cluster_key)
    chain += _decisions(house, line.company_key, line.cluster_key)
    if found is not None:
        return [*chain, *_from_match(house, found, line.cluster_key)]
    return [*chain, *_deed(house, line.cluster_key)]


def _deed(house: House, key: str) -> Iterator[Hop]:
    """What an outside partner did: a project or an announcement."""
    deed = recorded_deed(house, key)
    if deed is not None:
        title = deed.title if isinstance(deed, Project) else f"seeks partners under {deed.call}"
        yield Hop(deed.kind, {deed.kind: key, "title": one_line(title), "url": deed.url})
        yield from _bytes(house, deed.capture_sha256, deed.source)


def _decisions(house: House, company_key: str, cluster_key: str) -> Iterator[Hop]:
    """What stands for a cluster of today, whichever of its members it was decided on."""
    with house.ledger.read() as connection:
        stands = decisions.standing(decisions.read_decisions(connection, company_key)).values()
    with house.warehouse.read() as connection:
        homes = items.read_clusters_of(connection, [s.decision.cluster_key for s in stands])
    for standing in stands:
        decided = standing.decision.cluster_key
        if homes.get(decided, decided) == cluster_key:
            yield _decision(house, standing.decision_no, standing.decision)


def _decision(house: House, number: int, decision: Decision) -> Hop:
    with house.ledger.read() as connection:
        version = companies.read_need(connection, decision.need_key, decision.need_version)
    facts = {
        "decision": f"no. {number}: {decision.verb}" + (f" ({decision.reason})" if decision.reason else ""),
        "by": f"{decision.broker}, {decision.decided_at:%Y-%m-%d %H:%M} UTC",
        "on": f"{decision.need_key} version {decision.need_version}",
        "need": version.need.title if version else "not found",
    }
    return Hop("decision", facts | ({"note": decision.note} if decision.note else {}))


def _from_match(house: House, found: Match, cluster_key: str) -> Iterator[Hop]:
    yield Hop(
        "match",
        {
            "need": f"{found.need_key} version {found.need_version}",
            "fit": f"{found.fit:.3f}",
            "confidence": f"{found.confidence:.3f}",
            "model": found.model_version,
            "because": ", ".join(found.reasons.terms),
            **({"rule": found.reasons.rule} if found.reasons.rule else {}),
            **{f"passage {n}": one_line(p.text) for n, p in enumerate(found.reasons.passages, start=1)},
        },
    )
    with house.warehouse.read() as connection:
        keys = items.read_members(connection, [cluster_key]).get(cluster_key, [found.item_key])
        stored = items.read_items(connection, keys)
    for key in keys:
        yield from _item(house, key, stored[key])


def _item(house: House, key: str, stored: Stored) -> Iterator[Hop]:
    item = stored.item
    with house.warehouse.read() as connection:
        history = items.read_revisions(connection, key)
    yield Hop(
        "item",
        {
            "item": key,
            "cluster": stored.cluster_key,
            "title": item.title,
            "url": item.url,
            "published": str(item.published_on or "not stated"),
            "first seen": f"{stored.first_seen_at:%Y-%m-%d %H:%M} UTC",
            **{f"revision {r.revision}": f"{r.changed_at:%Y-%m-%d} changed {', '.join(r.changes)}" for r in history},
        },
    )
    yield from _bytes(house, item.capture_sha256, item.source)


def _bytes(house: House, sha256: str, source: str) -> Iterator[Hop]:
    """The capture that something was read from, and its source."""
    meta, _ = read_capture(house.captures, sha256)
    yield Hop(
        "capture",
        {
            "sha256": sha256,
            "from": meta.url,
            "fetched": f"{meta.fetched_at:%Y-%m-%d %H:%M:%S} UTC, status {meta.status}",
            "kept as": meta.path,
        },
    )
    facts = source_facts(house).get(source)
    if facts:
        yield Hop(
            "source",
            {"source": facts.name, "title": facts.title, "publisher": facts.publisher, "home": facts.home,
             "licence": facts.licence, "terms": facts.terms, "attribution": facts.attribution},
        )  # fmt: skip
