"""Bytes to disk with address, time, status and sha256, before anyone parses them (hop 1)."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from spiders.haul import write_whole
from spiders.replay import true_address
from spiders.settings import CrawlJob, job_of
from terms.errors import NotFound, VardeError
from terms.haul import Capture

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NOT_KEPT = {"set-cookie"}


def keep_capture(captures: Path, capture: Capture, body: bytes) -> None:
    """Write body, then meta; bytes that are already there whole write nothing. Raises StoreLost."""
    place = captures / capture.path
    meta = place.with_name(place.name + ".json")
    if meta.exists() and place.exists():
        return
    write_whole(place, body)
    write_whole(meta, capture.model_dump_json(indent=1).encode() + b"\n")


def read_capture(captures: Path, sha256: str) -> tuple[Capture, bytes]:
    """What was fetched under this hash. Raises NotFound, and VardeError where the bytes are no longer those."""
    meta = next(_metas(captures, sha256), None)
    if meta is None:
        raise NotFound(f"no capture {sha256!r} in {captures}; it was never fetched here, or has been removed")
    capture = Capture.model_validate_json(meta.read_bytes())
    body = meta.with_suffix("").read_bytes()
    if hashlib.sha256(body).hexdigest() != sha256:
        raise VardeError(f"capture {meta.with_suffix('')} is damaged: its bytes no longer have its hash; restore it")
    return capture, body


def _metas(captures: Path, sha256: str) -> Iterator[Path]:
    """Meta files under a hash, one per source that fetched the same bytes."""
    if _SHA256.fullmatch(sha256):
        yield from sorted(captures.glob(f"*/{sha256[:2]}/{sha256}.json"))


def plain_headers(headers: Headers) -> dict[str, str]:
    """Headers as text (ISO 8859-1, as HTTP has them), in order of name, without cookies."""
    names = sorted(name for name in headers if name.decode("latin-1").lower() not in _NOT_KEPT)
    return {name.decode("latin-1"): b", ".join(headers.getlist(name)).decode("latin-1") for name in names}


class CaptureMiddleware:
    """Outermost on the way back: sees what the spider will see, after redirects, retries and unpacking."""

    def __init__(self, job: CrawlJob) -> None:
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CaptureMiddleware":
        """As Scrapy builds it."""
        return cls(job_of(crawler))

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep every good answer and tell the spider under which hash. Raises StoreLost."""
        if request.meta.get("robots") or not 200 <= response.status < 300:
            return response
        capture = self._described(request, response)
        if not request.meta.get("is_secret"):  # a token is used and forgotten
            keep_capture(self._job.captures, capture, response.body)
        request.meta["capture_sha256"] = capture.sha256
        return response

    def _described(self, request: Request, response: Response) -> Capture:
        """The meta of an answer."""
        job, sha256 = self._job, hashlib.sha256(response.body).hexdigest()
        return Capture(
            source=job.source,
            sha256=sha256,
            url=true_address(request.url, request.meta["asked"], job.base),
            method=request.method,
            request_body_sha256=hashlib.sha256(request.body).hexdigest() if request.body else None,
            status=response.status,
            fetched_at=job.plan.now if job.replay else datetime.now(UTC),
            headers=plain_headers(response.headers),
            path=f"{job.source}/{sha256[:2]}/{sha256}",
        )
