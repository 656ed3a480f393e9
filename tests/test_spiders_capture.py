"""Captures: whole or not there, once, found again by hash (P11)."""

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spiders.capture import keep_capture, read_capture
from spiders.crawl import crawl
from spiders.haul import StoreLost, write_whole
from spiders.page import Note, Page, Plan
from terms.errors import NotFound, VardeError
from terms.haul import Capture
from tests.origin import Notices, Reply, files_in, notices, plan_since, serving, settings_for

BODY = b"as fetched"
SHA = hashlib.sha256(BODY).hexdigest()


def capture(url: str = "https://a.example/1") -> Capture:
    return Capture(
        source="notices",
        sha256=SHA,
        url=url,
        status=200,
        fetched_at=datetime(2026, 11, 23, tzinfo=UTC),
        path=f"notices/{SHA[:2]}/{SHA}",
    )


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    keep_capture(tmp_path, capture(), BODY)
    assert read_capture(tmp_path, SHA) == (capture(), BODY)
    assert sorted(files_in(tmp_path)) == [f"notices/{SHA[:2]}/{SHA}", f"notices/{SHA[:2]}/{SHA}.json"]


def test_the_same_bytes_again_write_nothing(tmp_path: Path) -> None:
    keep_capture(tmp_path, capture(), BODY)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    keep_capture(tmp_path, capture("https://a.example/2"), BODY)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_kill_between_body_and_meta_is_mended(tmp_path: Path) -> None:
    write_whole(tmp_path / capture().path, BODY)
    with pytest.raises(NotFound):
        read_capture(tmp_path, SHA)
    keep_capture(tmp_path, capture(), BODY)
    assert read_capture(tmp_path, SHA)[1] == BODY


def test_damaged_bytes_are_not_handed_out(tmp_path: Path) -> None:
    keep_capture(tmp_path, capture(), BODY)
    (tmp_path / capture().path).write_bytes(b"AS fetched")
    with pytest.raises(VardeError, match="damaged"):
        read_capture(tmp_path, SHA)


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "*", "0" * 64, "g" * 64])
def test_what_was_never_fetched_is_not_found(tmp_path: Path, sha256: str) -> None:
    keep_capture(tmp_path, capture(), BODY)
    with pytest.raises(NotFound):
        read_capture(tmp_path, sha256)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreLost, match=r"file.*cannot be written"):
        write_whole(tmp_path / "file" / "below", b"")


def test_captures_are_there_unpacked_before_anyone_parses(tmp_path: Path) -> None:
    class Looking(Notices):
        def parse(self, page: Page, note: Note, plan: Plan):  # type: ignore[no-untyped-def]
            kept.append(read_capture(tmp_path / "captures", page.capture_sha256))
            return super().parse(page, note, plan)

    Looking.name = "notices"
    kept: list[tuple[Capture, bytes]] = []
    with serving() as origin:
        packed = {"Content-Encoding": "gzip", "Set-Cookie": "id=1", "ETag": '"v1"'}
        origin.on("/1", Reply(gzip.compress(notices("a")), headers=packed))
        crawl(
            Looking(origin.url("/1")),
            plan_since(),
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key="run1",
            settings=settings_for(origin),
        )
        ((meta, body),) = kept
        assert body == notices("a")
        assert meta.url == origin.url("/1")
        assert (meta.status, meta.method, meta.request_body_sha256) == (200, "GET", None)
        assert meta.headers["Etag"] == '"v1"'
        assert "id=1" not in meta.model_dump_json()
