"""Measures digests from suggestions to the outbox: composed, rendered, inlined, signed and queued.

    bench_digests.py [DIGESTS]     default 1 000; seconds, digests/s, CPU seconds by step, and ratios to plain ways

Each digest is invented: 4 projects, 3 partners and single items, 30 lines in all, with every link of its own. Plain
ways, in the same run on 40 digests: templates compiled anew for each mail, and the standard library's `email`
instead of our own writer. The target is 1 000 in 30 s on 2 cores; this runs on one process for each core, and the
first of them queues what is frozen while the others go on. Each digest is a transaction of its own, synced to disk.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from digests import render as rendering
from digests import tokens
from digests.compose import compose
from digests.headers import Mailbox
from digests.links import MailLinks
from digests.mail import build, message_id_for
from digests.settings import MailSettings
from digests.signature import signed
from ledger import outbox
from ledger.store import Ledger
from terms.answer import Scope
from terms.company import Company, Contact, Engagement, Need
from terms.digest import Digest, Line, Suggestion
from terms.mail import Outgoing

_NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
_KEY = b"a key of the benchmark, no secret"
_PORTION = 20
_STEPS = ("compose", "links", "render", "build", "sign")


def company(number: int) -> Company:
    """One company with one need and one reader."""
    return Company(
        id=f"c{number}", name=f"Company {number} AS", country="NO", size="small",
        contacts=(Contact(name="Kari Nordmann", address=f"kari@c{number}.example", language="nb"),),
        engagement=Engagement(broker="Bo Broker", broker_address="bo@varde.example", start=date(2026, 1, 5),
                              planned_end=date(2027, 7, 5)),
        needs=(Need(id="valves", title="Tight hydrogen valves", description="Seals that hold at 700 bar."),),
    )  # fmt: skip


def line(number: int, kind: str) -> Line:
    """One line with a quote of 400 characters."""
    return Line.model_validate(
        {
            "ref": f"R{number:05}", "cluster_key": f"k{number}", "item_key": f"s:{number}", "need_key": "c/valves",
            "kind": kind, "title": f"On the sealing of hydrogen valves under load, part {number}",
            "url": f"https://journal.example/{number}", "source_title": "Journal of Seals",
            "published_on": date(2026, 11, 1), "organisations": ("SINTEF", "NTNU"), "because": ("seals", "700 bar"),
            "passage": "We measure the leakage of metal seals at seven hundred bar. " * 7,
            "deadline_at": _NOW + timedelta(days=30 + number % 40) if kind == "call" else None,
        }
    )  # fmt: skip


def composed(of: Company, number: int) -> Digest:
    """Thirty lines: four projects of four, three partners of three, five single items."""
    lines = iter(range(number * 100, number * 100 + 60))
    projects = [
        Suggestion(kind="project", need_key="c/valves", need_title="Tight hydrogen valves",
                   call=line(next(lines), "call"), evidence=tuple(line(next(lines), "patent") for _ in range(3)))
        for _ in range(4)
    ]  # fmt: skip
    partners = [
        Suggestion(kind="partner", need_key="c/valves", need_title="Tight hydrogen valves", partner=f"Partner {n}",
                   partner_country="NO", evidence=tuple(line(next(lines), "publication") for _ in range(3)))
        for n in range(3)
    ]  # fmt: skip
    single = [line(next(lines), "publication") for _ in range(5)]
    return compose(of, projects + partners, single, now=_NOW, iso_week="2026-W48", language="nb", cap=30,
                   examined={"Journal of Seals": 1200}, new=80, degraded=())  # fmt: skip


def links(of: Company, digest: Digest) -> MailLinks:
    """Every address of one mail."""
    known = {"company_key": of.id, "reader_key": "0123456789abcdef", "issued_on": _NOW.date()}

    def address(purpose: str, **more: str) -> str:
        scope = Scope.model_validate({**known, **more, "purpose": purpose})
        return f"https://varde.example/r/{purpose}/{tokens.sign(scope, _KEY)}"

    key = f"{of.id}/2026-W48/digest"
    answers = {one.ref: address("answer", digest_key=key, ref=one.ref) for one in digest.lines}
    return MailLinks(address("stop"), address("settings"), address("calendar"), answers)


def frozen(number: int, settings: MailSettings) -> tuple[Outgoing, int, list[float]]:
    """One mail, the bytes of its HTML, and the CPU seconds of each step."""
    ticks = [time.process_time()]
    of = company(number)
    digest = composed(of, number)
    ticks.append(time.process_time())
    own = links(of, digest)
    ticks.append(time.process_time())
    words = rendering.render(digest, of, now=_NOW, stop_address="stop@varde.example", links=own)
    ticks.append(time.process_time())
    reader = of.contacts[0]
    message_id = message_id_for(of.id, "2026-W48", "digest", reader.address, "lists.varde.example")
    body = build(words, sender=Mailbox("Varde", "digest@varde.example"), recipient=reader,
                 reply_to=Mailbox("Bo Broker", "bo@varde.example"), list_id=f"{of.id}.lists.varde.example",
                 message_id=message_id, date=_NOW, stop_address="stop@varde.example",
                 one_click_url=own.stop)  # fmt: skip
    ticks.append(time.process_time())
    body = signed(body, settings)
    ticks.append(time.process_time())
    mail = Outgoing(outbox_key=f"{of.id}/2026-W48/digest/{reader.address}", company_key=of.id, iso_week="2026-W48",
                    recipient=reader.address, sender="digest@varde.example", message_id=message_id,
                    body=body)  # fmt: skip
    return mail, len(words.html.encode("utf-8")), [after - before for before, after in pairwise(ticks)]


def share(numbers: range, key: Path) -> tuple[list[Outgoing], int, list[float]]:
    """One portion of the digests, the bytes of its largest HTML, and its CPU seconds by step."""
    settings = MailSettings(host="127.0.0.1", sender_address="digest@varde.example", dkim_key_file=key)
    mails, sizes, times = zip(*(frozen(number, settings) for number in numbers), strict=True)
    return list(mails), max(sizes), [sum(column) for column in zip(*times, strict=True)]


def queued(ledger: Ledger, mails: list[Outgoing]) -> float:
    """These in the outbox, one transaction a digest, as approving does it; CPU seconds."""
    began = time.process_time()
    for mail in mails:
        with ledger.write() as connection:
            outbox.enqueue(connection, mail.outbox_key.rpartition("/")[0], [mail], at=_NOW, due_at=_NOW)
    return time.process_time() - began


def plain_templates(count: int) -> float:
    """CPU seconds a digest where templates are compiled for each mail."""
    began = time.process_time()
    for number in range(count):
        rendering._html_templates.cache_clear()
        rendering._text_templates.cache_clear()
        rendering.render(composed(company(number), number), company(number), now=_NOW)
    return (time.process_time() - began) / count


def plain_email(count: int) -> float:
    """CPU seconds a mail with the standard library's writer."""
    words = rendering.render(composed(company(1), 1), company(1), now=_NOW)
    began = time.process_time()
    for _ in range(count):
        mail = EmailMessage()
        mail["Subject"], mail["To"], mail["From"] = words.subject, "kari@c.example", "digest@varde.example"
        mail.set_content(words.text)
        mail.add_alternative(words.html, subtype="html")
        bytes(mail)
    return (time.process_time() - began) / count


def dkim_key(folder: Path) -> Path:
    """A new key of 2 048 bits."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    (folder / "dkim.pem").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    return folder / "dkim.pem"


def main() -> None:
    """Measure and tell."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    workers, steps = min(os.cpu_count() or 1, 2), [0.0] * len(_STEPS)
    sizes, largest, queueing = list[int](), 0, 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key, ledger = dkim_key(folder), Ledger(f"sqlite:///{folder / 'ledger.sqlite'}")
        ledger.prepare()
        began = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            portions = [range(n, min(n + _PORTION, count)) for n in range(0, count, _PORTION)]
            for mails, html, times in pool.imap_unordered(partial(share, key=key), portions):
                queueing += queued(ledger, mails)
                sizes += [len(mail.body) for mail in mails]
                largest, steps = max(largest, html), [a + b for a, b in zip(steps, times, strict=True)]
        took = time.perf_counter() - began
    named = dict(zip(_STEPS, steps, strict=True)) | {"queue": queueing}
    print(f"{count} digests of 30 lines, {workers} processes: {took:.1f} s, {count / took:.0f} digests/s")
    print(f"mails of {sum(sizes) // count} bytes, HTML of at most {largest} bytes")
    print("CPU seconds: " + ", ".join(f"{step} {seconds:.1f}" for step, seconds in named.items())
          + f"; in all {sum(named.values()):.1f}")  # fmt: skip
    print(f"render {1000 * named['render'] / count:.1f} ms; "
          f"templates compiled for each mail {1000 * plain_templates(40):.1f} ms")  # fmt: skip
    print(f"build {1000 * named['build'] / count:.1f} ms; "
          f"the standard library's email {1000 * plain_email(40):.1f} ms")  # fmt: skip
    print(f"peak RSS {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB a process")


if __name__ == "__main__":
    main()
