"""Bombs, floods, slow bodies and untrusted certificates end where they should (RELIABILITY A-01 to A-04, A-22)."""

import gzip
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.crawling import Crawl, crawler
from tests.origin import Origin, Reply, notices, serving


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        publisher.on("/1", Reply(notices("a")))
        yield publisher


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    return crawler(tmp_path, origin)


BOMB = b"0" * 50_000_000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(BOMB)),
        ("gzip, gzip", gzip.compress(gzip.compress(BOMB))),
        ("br", brotli.compress(BOMB, quality=1)),
    ],
)
def test_a_bomb_is_refused_at_the_limit(crawled: Crawl, origin: Origin, encoding: str, body: bytes) -> None:
    """A-01."""
    origin.on("/bomb", Reply(body, headers={"Content-Encoding": encoding}))
    haul = crawled("/bomb", "/1", max_body_bytes=1_000_000)
    assert haul.counts["items"] == 1
    assert haul.incidents[0].facts["reason"] == "the answer is larger than VARDE_MAX_BODY_BYTES once unpacked"


def test_a_large_body_is_refused_before_and_while_reading(crawled: Crawl, origin: Origin) -> None:
    """A-02."""
    sent: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(5_000):
            sent.append(number)
            yield b"x" * 100_000

    origin.on("/announced", Reply(b"x" * 2_000_000))
    origin.on("/endless", Reply(headers={"Content-Length": "1", "Transfer-Encoding": "identity"}, pieces=pieces()))
    origin.on("/closing", Reply(headers={"Content-Length": ""}, pieces=pieces()))
    haul = crawled("/announced", "/endless", "/closing", "/1", max_body_bytes=1_000_000)
    assert haul.counts["items"] == 1
    assert haul.incidents[0].facts["reason"] == "the answer is larger than VARDE_MAX_BODY_BYTES"
    assert len(sent) < 5_000


def test_a_slow_body_is_cut(crawled: Crawl, origin: Origin) -> None:
    """A-03."""
    origin.on("/slow", Reply(pieces=(b" " for _ in range(1000)), pause=lambda: time.sleep(0.05)))
    haul = crawled("/slow", "/1", request_timeout_s=0.5)
    assert haul.counts["items"] == 1
    assert haul.incidents[0].facts["reason"] == "no whole answer in time"


def test_a_flood_of_headers_is_refused(crawled: Crawl, origin: Origin) -> None:
    """A-04."""
    origin.on("/flood", Reply(notices("x"), headers={f"X-{n}": "y" * 100 for n in range(5_000)}))
    origin.on("/long", Reply(notices("x"), headers={"X-Long": "y" * 5_000_000}))
    haul = crawled("/flood", "/long", "/1")
    assert haul.counts["items"] == 1
    assert haul.counts["failed_pages"] == 2


def test_meta_refresh_and_refresh_are_not_followed(crawled: Crawl, origin: Origin) -> None:
    page = b'<meta http-equiv="refresh" content="0;url=/inside">'
    origin.on("/meta", Reply(page, headers={"Content-Type": "text/html", "Refresh": "0; url=/inside"}))
    assert crawled("/meta").state == "failed"
    assert "/inside" not in origin.paths()


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[int]:
    """A TLS server on loopback whose certificate for `localhost` nobody vouches for; its port."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with serving(context) as server:
        server.on("/1", Reply(notices("a")))
        yield server.port


def test_a_certificate_that_nobody_vouches_for_is_refused(crawled: Crawl, untrusted: int) -> None:
    """A-22."""
    haul = crawled(f"https://localhost:{untrusted}/1", allow_hosts=(f"localhost:{untrusted}",))
    assert haul.state == "failed"
    assert "DownloadConnectionRefusedError" in haul.incidents[0].facts["reason"]


def test_a_certificate_that_is_trusted_is_accepted(
    crawled: Crawl, untrusted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server, once the machine trusts it: what is refused above is the certificate and nothing else."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    haul = crawled(f"https://localhost:{untrusted}/1", allow_hosts=(f"localhost:{untrusted}",))
    assert haul.counts["items"] == 1
