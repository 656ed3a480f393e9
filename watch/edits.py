"""What people changed of a draft, laid over it: order and sentence; held lines never come so far (P35)."""

from collections.abc import Sequence
from hashlib import sha256

from ledger import digests, edits
from terms.company import Company
from terms.digest import Digest, Line, Suggestion
from terms.edit import Edit
from watch import schedule
from watch.house import House


def not_to_tell(house: House, company: Company) -> set[tuple[str, str]]:
    """(company, cluster) of what some digest has told, and of what a broker holds back this week."""
    week = schedule.week_of(house.clock(), company)
    with house.ledger.read() as connection:
        held = edits.read_held(connection, company.id, week)
        return digests.read_told(connection) | {(one.company_key, one.cluster_key) for one in held}


def edited(house: House, digest: Digest) -> Digest:
    """A draft made anew, with what people had changed of the one before."""
    with house.ledger.read() as connection:
        return arranged(digest, edits.read_edit(connection, digests.digest_key(digest.company_key, digest.iso_week)))


def arranged(digest: Digest, edit: Edit) -> Digest:
    """The digest in the order of the edit, with its sentence. Projects stay before partners; new lines come last."""
    place = {ref: number for number, ref in enumerate(edit.order)}
    last = len(place)
    suggestions = sorted(digest.suggestions, key=lambda s: (s.kind == "partner", place.get(block_ref(s), last)))
    evidence = sorted(digest.evidence, key=lambda line: place.get(line.ref, last))
    return digest.model_copy(
        update={"suggestions": tuple(suggestions), "evidence": tuple(evidence), "sentence": edit.sentence}
    )


def block_ref(block: Suggestion | Line) -> str:
    """What a block of a digest is moved by: the ref of its first line."""
    if isinstance(block, Line):
        return block.ref
    return block.call.ref if block.call else block.evidence[0].ref


def moved(digest: Digest, ref: str, step: int) -> tuple[str, ...]:
    """The order of all blocks after one moved up (-1) or down (1) among its own kind; a move past an end is none."""
    groups: Sequence[list[str]] = (
        [block_ref(s) for s in digest.suggestions if s.kind == "project"],
        [block_ref(s) for s in digest.suggestions if s.kind == "partner"],
        [line.ref for line in digest.evidence],
    )
    for group in groups:
        if ref in group and 0 <= (to := group.index(ref) + step) < len(group):
            group.remove(ref)
            group.insert(to, ref)
    return tuple(one for group in groups for one in group)


def stamp_of(digest: Digest) -> str:
    """Changes whenever the digest does; a page carries it back, so that what is approved is what was seen."""
    return sha256(digest.model_dump_json().encode()).hexdigest()[:16]
