"""Every mail that was sent, exactly as sent (P59)."""

from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from ledger import outbox
from watch.house import House


def write_sent(house: House, folder: Path) -> list[Path]:
    """Write each sent mail as `.eml` (the very bytes), `.html` and `.txt`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    with house.ledger.read() as connection:
        sent = outbox.read_outbox(connection, "sent")
    written, named = [], Counter[str]()
    for waiting in sent:
        name = f"{waiting.outgoing.iso_week}-{waiting.outgoing.company_key}"
        named[name] += 1
        name += f"-{named[name]}" if named[name] > 1 else ""
        for suffix, octets in _parts(waiting.outgoing.body):
            path = folder / f"{name}.{suffix}"
            path.write_bytes(octets)
            written.append(path)
    return written


def _parts(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield "eml", body
    mail = message_from_bytes(body, _class=EmailMessage, policy=policy.default)
    for suffix, kind in (("html", "html"), ("txt", "plain")):
        part = mail.get_body((kind,))
        if part is not None:
            yield suffix, part.get_content().encode("utf-8")
