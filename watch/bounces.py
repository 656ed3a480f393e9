"""The bounce mailbox: hard bounces and complaints of our own mails stop an address and tell the broker (E-16)."""

import csv
import mailbox
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from digests import tokens
from digests.bounces import Report, read_report
from ledger import addresses, incidents, outbox
from ledger.addresses import Bounced
from ledger.outbox import Waiting
from terms.errors import NotFound
from terms.incident import Incident
from watch.house import House
from watch.links import link_key

_LARGEST = 20_000_000  # bytes of one mail


class Audit(NamedTuple):
    """Bounces judged without keeping anything. rows: one a mail; last_line: the share judged right, or the counts."""

    rows: list[dict[str, str]]
    last_line: str


def audit(folder: Path, truth: Path | None = None) -> Audit:
    """Judge every mail of a folder. truth: CSV with `file` (path in the folder, or name) and `kind`; `truth.csv` in the
    folder is read where none is given. Raises NotFound where there is no such folder or file.
    """
    known = _truth(truth or folder / "truth.csv", is_needed=truth is not None)
    rows, right, judged = [], 0, 0
    for name, raw in _mails(folder):
        report = read_report(raw)
        kind = report.verdict if report else "other"
        expected = known.get(name) or known.get(Path(name).name, "")
        judged += bool(expected)
        right += bool(expected) and expected == kind
        rows.append({"mail": name, "kind": kind, "truth": expected, **_shown(report)})
    counts = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(row["kind"] for row in rows).items()))
    if judged:
        return Audit(rows, f"{len(rows)} mails ({counts}); right: {right} of {judged}, {right / judged:.1%}")
    return Audit(rows, f"{len(rows)} mails ({counts}); give --truth FILE.csv to see the share judged right")


def take_bounces(house: House, box: Path) -> list[dict[str, str]]:
    """Read a mailbox; each mail counts once, however often it is read. Nothing in the mailbox is changed or answered.

    Raises NotFound where there is no such mailbox.
    """
    rows = []
    for name, raw in _mails(box):
        report = read_report(raw)
        if report is not None:
            rows.append({"mail": name, "kind": report.verdict, "did": _take(house, raw, report), **_shown(report)})
    return rows


def _take(house: House, raw: bytes, report: Report) -> str:
    """Keep one bounce; what was done about it."""
    now = house.clock()
    with house.ledger.write() as connection:
        name = _signed_name(house, report)
        ours = outbox.find_by_message_id(connection, f"<varde.{name}") if name else None
        address = ours.outgoing.recipient.lower() if ours else report.address
        kind = "complaint" if report.sort == "complaint" else report.verdict
        bounced = Bounced(
            sha256(raw).hexdigest(), address, kind, report.code[:20], report.detail, ours is not None, now
        )
        if not addresses.add_bounce(connection, bounced):
            return "known already"
        stops = kind in ("hard", "complaint")
        if ours is None:
            if stops:
                incidents.note_incidents(connection, [_unsigned(bounced)], at=now, run=bounced.bounce_key)
            return "noted; it did not come to an address that only our mail has" if stops else "noted"
        if not stops:
            return "noted"
        outbox.add_stop(connection, address, f"{kind}: {report.code} {report.detail}"[:200], at=now)
        outbox.stop_addresses(connection, at=now)
        incidents.note_incidents(connection, [_stopped(ours, bounced)], at=now, run=bounced.bounce_key)
    return "address stopped, broker told"


def _signed_name(house: House, report: Report) -> str:
    """Which of our mails came back, by the signed address that it came back to; "" where nobody of us signed it."""
    key = link_key(house)
    for address in report.to:
        name, _, given = address.partition("@")[0].rpartition("+")[2].partition("-")
        if given and tokens.is_marked(name, given, key):
            return name
    return ""


def _stopped(ours: Waiting, bounced: Bounced) -> Incident:
    message = (
        "a reader complained of a mail, and gets no more"
        if bounced.kind == "complaint"
        else ("an address takes no mail and gets no more; ask the company for another")
    )
    facts = {"mail": ours.digest_key, "message_id": ours.outgoing.message_id, "detail": bounced.detail}
    return Incident(where=f"digest:{ours.outgoing.company_key}", level="error", message=message, facts=facts)


def _unsigned(bounced: Bounced) -> Incident:
    message = "a bounce did not come to a signed address: it stops nothing; `varde stop` does, where it is right"
    return Incident(where="bounces", level="warning", message=message, facts={"detail": bounced.detail})


def _mails(box: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each mail: a Maildir, a folder of files at any depth, or one mbox file."""
    if box.is_dir() and all((box / part).is_dir() for part in ("cur", "new", "tmp")):
        maildir = mailbox.Maildir(box, create=False)
        for key in sorted(maildir.keys()):
            yield key, maildir.get_bytes(key)[:_LARGEST]
    elif box.is_dir():
        for path in sorted(path for path in box.rglob("*") if path.is_file() and path.suffix == ".eml"):
            yield str(path.relative_to(box)), path.read_bytes()[:_LARGEST]
    elif box.is_file():
        mbox = mailbox.mbox(box, create=False)
        for number in sorted(mbox.keys()):
            yield f"{box.name}#{number}", mbox.get_bytes(number)[:_LARGEST]
    else:
        raise NotFound(f"{box} is neither a Maildir, a folder of mails, nor an mbox file")


def _truth(path: Path, *, is_needed: bool) -> dict[str, str]:
    if not path.is_file():
        if is_needed:
            raise NotFound(f"{path} is not there; it is a CSV with the columns file and kind")
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["file"]: row["kind"] for row in csv.DictReader(file)}


def _shown(report: Report | None) -> dict[str, str]:
    return {"code": report.code, "says": report.detail[:120]} if report else {"code": "", "says": ""}
