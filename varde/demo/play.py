"""The demo: an invented week, replayed through the real spiders at their true addresses, decided, mailed."""

import os
import shutil
from pathlib import Path

from rich.text import Text

from terms.errors import VardeError
from terms.haul import Haul
from varde.demo.broker import Said, read_rules, work_off
from varde.demo.people import HERE, NOW
from varde.demo.sink import mail_server
from varde.show import clean, out, say, table
from watch import report, review
from watch.archive import write_sent
from watch.companies import read_watched
from watch.deliver import deliver
from watch.digest import approve, draft_all
from watch.house import House, open_house
from watch.week import Watcher, Week, week
from watch.written import write_week

_MARK = "varde-demo"


def play(folder: Path) -> None:
    """Play the whole week into `folder`, started anew. Raises VardeError where the folder is not a demo's."""
    _start_anew(folder)
    _forget_environment()
    with mail_server(folder / "mailbox") as port:
        _point_mail_at(port, folder / "mailbox" / "mail.log")
        house = open_house(
            None, home=folder, maps=HERE / "companies", feeds=HERE / "feeds.yaml", replay=HERE / "week", now=NOW
        )
        done = _crawl_and_match(house)
        _tell_week(done)
        _tell_broker(list(work_off(house, read_rules(HERE / "broker.yaml"))))
        done = _approve_and_send(house, done)
        written = write_week(house, "demo", done)
    _tell_end(house, folder, [*write_sent(house, folder / "outbox"), written])


def _start_anew(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise VardeError(f"{folder} holds something that is not a demo; choose another with --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()


def _forget_environment() -> None:
    """The demo never touches a real house: no setting of yours reaches it."""
    for name in [name for name in os.environ if name.startswith("VARDE_")]:
        del os.environ[name]


def _point_mail_at(port: int, log: Path) -> None:
    os.environ |= {
        "VARDE_SMTP_HOST": "127.0.0.1",
        "VARDE_SMTP_PORT": str(port),
        "VARDE_SMTP_SECURITY": "none",
        "VARDE_SMTP_SENDER_ADDRESS": "digest@varde.example",
        "VARDE_SMTP_RELAY_LOG": str(log),
        "VARDE_STOP_ADDRESS": "stop@varde.example",
        "VARDE_LIST_DOMAIN": "lists.varde.example",
        "VARDE_PUBLIC_URL": "https://varde.example",
        "VARDE_LINK_KEY": "the key of the demo, which is no secret",
    }


def _crawl_and_match(house: House) -> Week:
    say(f"It is {NOW} in the demo. Crawling the invented week.", "bold")

    def told(haul: Haul) -> None:
        say(f"  {haul.source}: {haul.state}, {haul.counts.get('items', 0)} items")

    return week(house, (), Watcher(on_step=lambda step: say(f"- {step}"), on_haul=told))


def _tell_week(done: Week) -> None:
    table(report.hauls_table(done.hauls), "Collected")
    table(report.loads_table(done.loads), "Absorbed")
    table(report.matched_table(done.matched), "Matched")


def _tell_broker(said: list[Said]) -> None:
    say("The scripted broker works off the queue:", "bold")
    for rule, found in said:
        title = found.item.title if found else f"{rule.title_contains} (not in the queue)"
        reason = f" ({rule.reason})" if rule.reason else ""
        out.print(Text(f"  {rule.company}: {rule.verb}{reason}: {clean(title)}"))
        out.print(Text(f"      “{rule.says}”"), style="dim")


def _approve_and_send(house: House, done: Week) -> Week:
    drafts = draft_all(house)
    table(report.drafts_table(drafts), "Drafts")
    brokers = {company.id: company.engagement.broker for company in read_watched(house)}
    for drafted in drafts:
        if drafted.state == "draft":
            approve(house, drafted.company_key, by=brokers[drafted.company_key])
            say(f"  {brokers[drafted.company_key]} approves the digest of {drafted.company_key}")
    delivered = deliver(house)
    table(report.delivered_table(delivered), "Mails, over real SMTP to a server of the demo")
    return done._replace(drafts=tuple(drafts), delivered=delivered)


def _tell_end(house: House, folder: Path, written: list[Path]) -> None:
    left = review.queue(house)
    table(report.incidents_table(report.read_incidents(house)), "Incidents", empty="no trouble")
    say(f"{len(left.waiting)} opportunities are left in the queue, {left.decided} are decided, "
        f"{left.closed} calls were left out because every deadline is past.")  # fmt: skip
    say("Where to look:", "bold")
    for path in written:
        say(f"  {path}")
    refs = [review.opportunity_ref(opportunity) for opportunity in left.waiting[:1]]
    say(f"Go on with:  .venv/bin/varde --home {folder} --maps {HERE_SHOWN}/companies --feeds {HERE_SHOWN}/feeds.yaml "
        f"--now {NOW} queue", "bold")  # fmt: skip
    say(f"and explain any line by its ref: … explain {refs[0] if refs else 'REF'}")


HERE_SHOWN = Path("varde") / "demo"
