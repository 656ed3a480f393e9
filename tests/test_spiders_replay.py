"""Replays and mirrors: true addresses without a socket, the same bytes every time, raw payloads."""

import hashlib
import json
import socket
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from spiders.catalogue import all_sources
from spiders.crawl import crawl, crawl_in_child
from spiders.haul import HaulFolder
from spiders.page import Ask, Page, Plan
from spiders.replay import mirrored, true_address
from terms.errors import NotFound, VardeError
from terms.haul import Haul
from terms.item import Item
from tests.origin import NOW, Notices, Reply, files_in, notices, plan_since, serving, settings_for

BASE = "https://notices.example"
Crawl = Callable[..., Haul]
RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"


def record(folder: Path, *answers: dict[str, object], **files: bytes) -> Path:
    """A replay folder, in our own index format."""
    folder.mkdir(exist_ok=True)
    lines = [json.dumps({"source": "notices"} | answer) for answer in answers]
    (folder / "index.jsonl").write_text("\n".join(lines) + "\n")
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return folder


@pytest.fixture
def replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crawl:
    """Crawl from a replay; opening any socket fails."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a replay opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    numbers = iter(range(99))

    def run(replay: Path, source: Notices | None = None, since: str | None = None, **changed: object) -> Haul:
        return crawl(
            source or Notices(f"{BASE}/1"),
            plan_since(since),
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key=str(changed.pop("run_key", f"run{next(numbers)}")),
            settings=settings_for(None, **({"contact": ""} | changed)),
            replay=replay,
        )

    return run


def test_true_addresses_are_answered_from_files(replayed: Crawl, tmp_path: Path) -> None:
    folder = record(
        tmp_path / "week",
        {"url": f"{BASE}/1", "status": 200, "headers": {"Content-Type": "application/json"}, "file": "one"},
        {"url": f"{BASE}/2", "file": "two"},
        {"source": "another", "url": f"{BASE}/1", "file": "two"},
        one=notices("a", next=f"{BASE}/2", stamp="3"),
        two=notices("b"),
    )
    haul = replayed(folder, run_key="run1")
    assert (haul.state, haul.counts["items"], haul.cursor) == ("complete", 2, "3")
    metas = [json.loads(b) for name, b in files_in(tmp_path / "captures").items() if name.endswith(".json")]
    assert {meta["url"] for meta in metas} == {f"{BASE}/1", f"{BASE}/2"}
    assert {meta["fetched_at"] for meta in metas} == {"2026-11-23T07:00:00Z"}
    assert not (tmp_path / "captures/notices/visits.json").exists()


def test_a_replay_leaves_the_same_bytes_every_time(tmp_path: Path) -> None:
    folder = record(
        tmp_path / "week",
        {"url": f"{BASE}/1", "file": "one"},
        {"url": f"{BASE}/2", "file": "two"},
        {"url": f"{BASE}/3", "error": "timeout"},
        one=notices("c", "a", "b", next=f"{BASE}/2", total=9),
        two=notices("b", "z", next=f"{BASE}/3"),
    )
    left = []
    for place in ("first", "second"):
        for _ in range(2):
            HaulFolder(tmp_path / place, "notices", "run1").remove()
            crawl(
                Notices(f"{BASE}/1"),
                plan_since(),
                into=tmp_path / place,
                captures=tmp_path / place / "captures",
                run_key="run1",
                settings=settings_for(None),
                replay=folder,
            )
            left.append(files_in(tmp_path / place))
    assert left[0]["notices/run1/haul.json"]
    assert left[0] == left[1] == left[2] == left[3]


def test_a_child_leaves_the_same_bytes_as_we_do(tmp_path: Path) -> None:
    """Production and demo share one mechanism."""
    name, source = next(iter(sorted(all_sources().items())))
    folder = record(tmp_path / "week")
    for place, made in (("ours", crawl), ("childs", crawl_in_child)):
        extra = {"timeout_s": 60.0} if made is crawl_in_child else {}
        made(  # type: ignore[operator]
            name if extra else source,
            plan_since("2026-11-16"),
            into=tmp_path / place,
            captures=tmp_path / "captures",
            run_key="run1",
            settings=settings_for(None),
            replay=folder,
            **extra,
        )
    assert files_in(tmp_path / "ours") == files_in(tmp_path / "childs")


def test_what_was_not_recorded_fails_by_name(replayed: Crawl, tmp_path: Path) -> None:
    haul = replayed(record(tmp_path / "week"), since="4")
    assert (haul.state, haul.cursor) == ("failed", "4")
    assert haul.incidents[0].facts == {"url": f"{BASE}/1", "reason": "not in the replay"}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("timeout", "no whole answer in time"),
        ("refused", "the connection was refused, or its certificate is not trusted"),
    ],
)
def test_a_feed_that_is_down_is_replayed_as_down(replayed: Crawl, tmp_path: Path, error: str, reason: str) -> None:
    haul = replayed(record(tmp_path / "week", {"url": f"{BASE}/1", "error": error}), retries=5)
    assert haul.state == "failed"
    assert haul.incidents[0].facts["reason"] == reason


def test_statuses_and_redirects_are_replayed(replayed: Crawl, tmp_path: Path) -> None:
    folder = record(
        tmp_path / "week",
        {"url": f"{BASE}/1", "status": 301, "headers": {"Location": "https://moved.example/1"}},
        {"url": "https://moved.example/1", "file": "one"},
        {"url": f"{BASE}/2", "status": 500},
        one=notices("a", next=f"{BASE}/2"),
    )
    haul = replayed(folder)
    assert (haul.state, haul.counts["items"], haul.counts["failed_pages"]) == ("partial", 1, 1)


def test_a_recorded_robots_is_obeyed(replayed: Crawl, tmp_path: Path) -> None:
    folder = record(
        tmp_path / "week",
        {"url": f"{BASE}/robots.txt", "file": "robots"},
        {"url": f"{BASE}/1", "file": "one"},
        robots=b"User-agent: *\nDisallow: /",
        one=notices("a"),
    )
    assert replayed(folder).incidents[0].message == "An address was refused"


def test_bodies_tell_posts_apart_and_repeated_answers_come_in_order(replayed: Crawl, tmp_path: Path) -> None:
    class Posting(Notices):
        def start(self, plan: Plan) -> Iterable[Ask]:
            return [Ask(f"{BASE}/search", method="POST", body=body) for body in (b"1", b"2")] + [Ask(f"{BASE}/a?x")]

        def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
            return [Ask(f"{BASE}/a?x", method="GET", body=b"again")] if page.url.endswith("x") else []

    Posting.name = "notices"
    folder = record(
        tmp_path / "week",
        *(
            {"url": f"{BASE}/search", "method": "POST", "file": f, "body_sha256": h}
            for f, h in zip("uv", _hashes(), strict=True)
        ),
        {"url": f"{BASE}/a?x", "file": "w"},
        {"url": f"{BASE}/a?x", "file": "x"},
        u=notices("one"),
        v=notices("two"),
        w=notices("three"),
        x=notices("four"),
    )
    replayed(folder, source=Posting(), run_key="run1")
    lines = (tmp_path / "hauls/notices/run1/items.jsonl").read_text().splitlines()
    assert [Item.model_validate_json(line).source_id for line in lines] == ["four", "one", "three", "two"]


def _hashes() -> list[str]:
    return [hashlib.sha256(body).hexdigest() for body in (b"1", b"2")]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"url": "x"}', '{"source": "notices", "url": "https://a/", "status": "no"}']
)
def test_an_index_that_cannot_be_read_names_its_line(replayed: Crawl, tmp_path: Path, line: str) -> None:
    folder = record(tmp_path / "week", {"url": f"{BASE}/1"})
    (folder / "index.jsonl").open("a").write(line + "\n")
    with pytest.raises(VardeError, match="line 2"):
        replayed(folder)


def test_a_file_outside_of_the_replay_is_not_read(replayed: Crawl, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(notices("a"))
    haul = replayed(record(tmp_path / "week", {"url": f"{BASE}/1", "file": "../secret"}))
    assert haul.state == "failed"
    assert haul.counts["items"] == 0


def test_a_replay_that_is_not_there(replayed: Crawl, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        replayed(tmp_path / "nowhere")
    assert list((tmp_path / "hauls/notices").iterdir()) == [tmp_path / "hauls/notices/.lock"]


def test_a_raw_file_is_parsed_and_captured(replayed: Crawl, tmp_path: Path) -> None:
    file = tmp_path / "payload with blank.json"
    file.write_bytes(notices("a", next=f"{BASE}/2", total=900, stamp="99"))
    haul = replayed(file, since="4", run_key="run1")
    assert (haul.state, haul.counts["items"], haul.cursor, haul.incidents) == ("complete", 1, "4", ())
    (meta,) = [json.loads(b) for n, b in files_in(tmp_path / "captures").items() if n.endswith(".json")]
    assert meta["url"] == "replay:///payload%20with%20blank.json"
    assert meta["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_raw_folder_is_parsed_file_by_file(replayed: Crawl, tmp_path: Path) -> None:
    folder = tmp_path / "payloads"
    (folder / "below").mkdir(parents=True)
    for name, body in {"b.json": notices("b"), "a.json": b"<html>", "below/c#?%41.json": notices("c")}.items():
        (folder / name).write_bytes(body)
    (folder / ".hidden").write_bytes(b"no")
    haul = replayed(folder, run_key="run1")
    assert (haul.state, haul.counts["pages"], haul.counts["items"]) == ("partial", 3, 2)
    assert haul.incidents[0].facts["url"] == "replay:///a.json"


def test_a_raw_file_that_is_too_large_is_refused(replayed: Crawl, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b" " * 5_000)
    haul = replayed(file, max_body_bytes=2_000)
    assert haul.incidents[0].facts["reason"] == "too_large: more than VARDE_MAX_BODY_BYTES"


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded payloads are not on this machine")
@pytest.mark.parametrize(("name", "folder"), [("arxiv", "arxiv"), ("epo", "epo_publication_server")])
def test_recorded_payloads_can_be_replayed(tmp_path: Path, name: str, folder: str) -> None:
    source = next(source for key, source in all_sources().items() if key.startswith(name))
    haul = crawl(
        source,
        plan_since(),
        into=tmp_path / "hauls",
        captures=tmp_path / "captures",
        run_key="run1",
        settings=settings_for(None),
        replay=RECORDED / folder,
    )
    assert haul.counts["items"] > 0


def test_a_mirror_is_asked_and_items_keep_their_true_addresses(tmp_path: Path) -> None:
    seen: list[str] = []

    class Looking(Notices):
        def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
            seen.append(page.url)
            return super().follow(page, plan)

    Looking.name = "notices"
    with serving() as origin:
        origin.on("/store/1?q=a", Reply(status=302, headers={"Location": "/store/one"}))
        origin.on("/store/one", Reply(notices("a", next=f"{BASE}/2"), headers={"ETag": '"v1"'}))
        origin.on("/store/2", Reply(notices("b")))
        haul = crawl(
            Looking(f"{BASE}/1?q=a"),
            Plan(now=NOW, since="4"),
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key="run1",
            settings=settings_for(origin),
            mirror=origin.url("/store/"),
        )
        assert (haul.state, haul.counts["items"]) == ("complete", 2)
        assert origin.paths() == ["/robots.txt", "/store/1?q=a", "/store/one", "/store/2"]
    assert seen == [f"{BASE}/one", f"{BASE}/2"]
    metas = [json.loads(b) for n, b in files_in(tmp_path / "captures").items() if n.endswith(".json")]
    assert {meta["url"] for meta in metas} == {f"{BASE}/one", f"{BASE}/2"}


def test_mirror_addresses_there_and_back() -> None:
    assert mirrored("https://a.example/x/y?q=1", "http://127.0.0.1:8/m/") == "http://127.0.0.1:8/m/x/y?q=1"
    assert mirrored("https://a.example/x", None) == "https://a.example/x"
    assert true_address("http://m.example/x?q", "https://a.example:444/", "http://m.example") == (
        "https://a.example:444/x?q"
    )
    assert true_address("https://b.example/x", "https://a.example/", "http://m.example") == "https://b.example/x"
