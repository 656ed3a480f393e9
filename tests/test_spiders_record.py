"""A recorded crawl plays back as it was: pages, redirects, errors, retries; keys and tokens never get into it."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spiders.catalogue import recorded_sources
from spiders.crawl import crawl
from spiders.page import NO_KEY, Ask, Page, Plan
from terms.errors import NotFound, SettingMissing, VardeError
from terms.haul import Haul
from tests.houses import STAMP, make_house
from tests.origin import NOW, Notices, Origin, Reply, notices, serving, settings_for
from varde.main import app
from watch import sourcing

PUBLISHER = "https://notices.example"
KEY = "a key/with&signs"


class Keyed(Notices):
    """Logs in by POST with its key, then asks with the key in the address and the token in a header."""

    needs_keys = ("doffin_key",)

    def start(self, plan: Plan) -> Iterable[Ask]:
        body = f"key={plan.keys['doffin_key']}".encode()
        return [Ask(f"{PUBLISHER}/login", method="POST", body=body, label="login", is_secret=True)]

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        if page.label != "login":
            return super().follow(page, plan)
        token = json.loads(page.body)["access_token"]
        key = plan.keys["doffin_key"].replace("/", "%2F").replace("&", "%26").replace(" ", "+")
        return [Ask(f"{PUBLISHER}/list?api_key={key}", headers={"Authorization": f"Bearer {token}"})]


Keyed.name = "notices"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as origin:
        yield origin


def crawled(source: Notices, tmp_path: Path, run: str, origin: Origin | None = None, key: str = NO_KEY) -> Haul:
    """A crawl of the publisher: recorded from a mirror, or played back without one."""
    return crawl(
        source,
        Plan(now=NOW, keys={"doffin_key": key} if source.needs_keys else {}),
        into=tmp_path / run,
        captures=tmp_path / run / "captures",
        run_key="run",
        settings=settings_for(origin, retries=1),
        replay=None if origin else tmp_path / "recording",
        mirror=origin.url("") if origin else None,
        record=tmp_path / "recording" if origin else None,
    )


def items(tmp_path: Path, run: str) -> bytes:
    return (tmp_path / run / "notices" / "run" / "items.jsonl").read_bytes()


def recorded(tmp_path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (tmp_path / "recording" / "index.jsonl").read_text().splitlines()]


def captured(tmp_path: Path, run: str) -> list[str]:
    return sorted(path.name for path in (tmp_path / run / "captures").rglob("*") if path.is_file())


def test_a_recording_plays_back_identically(origin: Origin, tmp_path: Path) -> None:
    """Pages, a redirect, a page that came at the second try, one that never came and an error."""
    links = [f"{PUBLISHER}/{name}" for name in ("moved", "shaky", "gone")]
    origin.on("/1", Reply(notices("a", next=f"{PUBLISHER}/2"), headers={"Content-Type": "application/json"}))
    origin.on("/2", Reply(notices("b", stamp="7")))
    origin.on("/moved", Reply(status=302, headers={"Location": "/there"}))
    origin.on("/there", Reply(notices("c")))
    origin.on("/shaky", Reply(status=503), Reply(notices("d")))
    origin.on("/gone", Reply(b"Gone away", status=410))
    source = Notices(f"{PUBLISHER}/1", *links)
    live = crawled(source, tmp_path, "live", origin)
    assert (live.state, live.counts["items"], live.counts["failed_pages"]) == ("partial", 4, 1)
    played = crawled(source, tmp_path, "played")
    assert items(tmp_path, "played") == items(tmp_path, "live")
    assert played == live
    assert captured(tmp_path, "played") == captured(tmp_path, "live")
    lines = recorded(tmp_path)
    assert {str(line["url"]) for line in lines} == {f"{PUBLISHER}/{path}" for path in
                                                    ("1", "2", "moved", "there", "shaky", "gone")}  # fmt: skip
    assert [line.get("status", 200) for line in lines if str(line["url"]).endswith(("shaky", "moved"))] == [302, 200]
    assert (tmp_path / "recording" / "0001.json").read_bytes() == notices("a", next=f"{PUBLISHER}/2")


def test_an_answer_that_never_came_is_recorded_as_that(origin: Origin, tmp_path: Path) -> None:
    origin.on("/1", Reply(notices("a", next=f"{PUBLISHER}/2")))
    origin.on("/2", Reply(pieces=iter(lambda: b" ", None)))
    source = Notices(f"{PUBLISHER}/1")
    job = {"retries": 0, "request_timeout_s": 0.5, "max_body_bytes": 2**30}
    live = crawl(
        source,
        Plan(now=NOW),
        into=tmp_path / "live",
        captures=tmp_path / "captures",
        run_key="run",
        settings=settings_for(origin, **job),
        mirror=origin.url(""),
        record=tmp_path / "recording",
    )
    assert live.state == "partial"
    assert [line.get("error") for line in recorded(tmp_path)] == [None, "timeout"]
    played = crawled(source, tmp_path, "played")
    assert (played.state, played.incidents) == (live.state, live.incidents)


def test_no_key_and_no_token_gets_into_a_recording_and_it_plays_back_without(origin: Origin, tmp_path: Path) -> None:
    token = {"access_token": "a very secret token", "echo": f"hello {KEY}", "items": []}
    origin.on("/login", Reply(json.dumps(token).encode(), headers={"Content-Type": "application/json"}))
    origin.on("/list?api_key=a+key%2Fwith%26signs", Reply(notices("a", echo=KEY)))
    live = crawled(Keyed(), tmp_path, "live", origin, key=KEY)
    assert (live.state, live.counts["items"]) == ("complete", 1)
    written = b"".join(f.read_bytes() for f in (tmp_path / "recording").iterdir())
    for secret in (b"a very secret token", b"a key", b"a+key", b"with%26signs"):
        assert secret not in written
    played = crawled(Keyed(), tmp_path, "played")
    assert (played.state, played.counts) == (live.state, live.counts)


def test_the_verb_records_from_a_mirror_and_collect_plays_it_back(
    origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_house(tmp_path, monkeypatch)
    recordings = Path(__file__).parent / "recordings" / "spiders"
    (tmp_path / "feeds.yaml").write_bytes((recordings / "feeds.yaml").read_bytes())
    feed = (recordings / "trade_rss" / "page.reused_guids.xml").read_bytes()
    monkeypatch.setenv("VARDE_CONTACT", "https://varde.example/")
    monkeypatch.setenv("VARDE_ALLOW_HOSTS", f"127.0.0.1:{origin.port}")
    choices = ["--home", str(tmp_path / "home"), "--maps", str(tmp_path / "companies")]
    choices += ["--feeds", str(tmp_path / "feeds.yaml"), "--now", STAMP]
    address = next(line for line in (tmp_path / "feeds.yaml").read_text().split("- name: ") if "trade_rss" in line)
    path = "/" + address.split("url: ")[1].split()[0].split("/", 3)[3]
    origin.on(path, Reply(feed, headers={"Content-Type": "application/rss+xml", "ETag": '"1"'}))
    to = tmp_path / "recording"
    verb = [*choices, "record", "trade_rss", "--to", str(to), "--mirror", origin.url("")]
    told = CliRunner().invoke(app, verb)
    assert told.exit_code == 0, told.output
    assert "play it back" in told.output
    assert sorted(path.name for path in to.iterdir()) == ["0001.xml", "index.jsonl"]
    assert not list((tmp_path / "home" / "hauls").rglob("haul.json"))
    assert CliRunner().invoke(app, [*choices, "collect", "trade_rss", "--replay", str(to)]).exit_code == 0
    (haul,) = (tmp_path / "home" / "hauls").rglob("haul.json")
    assert Haul.model_validate_json(haul.read_bytes()).counts["items"] > 1
    again = CliRunner().invoke(app, verb)
    assert isinstance(again.exception, SettingMissing) and "holds something already" in str(again.exception)


def test_recording_is_refused_where_it_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = make_house(tmp_path, monkeypatch)
    with pytest.raises(NotFound, match="there is no source"):
        sourcing.record(house, "nobody", tmp_path / "to")
    with pytest.raises(SettingMissing, match="forbids robots"):
        sourcing.record(house, "espacenet_file", tmp_path / "to")
    with pytest.raises(SettingMissing, match="VARDE_EPO_OPS_KEY and VARDE_EPO_OPS_SECRET"):
        sourcing.record(house, "epo_ops", tmp_path / "to")
    with pytest.raises(Exception, match="VARDE_CONTACT"):
        sourcing.record(house, "arxiv", tmp_path / "to")
    assert not (tmp_path / "to").exists()


@pytest.mark.parametrize("line", ["{", "[]", '{"url": "https://x.example/"}', '{"source": 7}', '"x"', "\xff"])
def test_a_replay_whose_index_is_damaged_names_file_and_line(tmp_path: Path, line: str) -> None:
    """Before any crawl starts, when the sources of a replay are asked for."""
    index = tmp_path / "index.jsonl"
    index.write_bytes(b'{"source": "epo", "url": "https://x.example/"}\n\n' + line.encode("latin-1"))
    with pytest.raises(VardeError, match=r"index\.jsonl, line 3: "):
        recorded_sources(tmp_path)
