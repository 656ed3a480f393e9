"""Certificates that nobody vouches for, and protocols of yesterday (RELIABILITY A-22)."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.crawling import Crawl, crawler
from tests.origin import Origin, Reply, notices, serving


@pytest.fixture
def crawled(tmp_path: Path) -> Crawl:
    return crawler(tmp_path, Origin())


@contextmanager
def speaking_tls(
    folder: Path, host: str = "localhost", ends_in_days: int = 1, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> Iterator[tuple[Origin, str]]:
    """A TLS server on loopback with a certificate that it signed itself (`server.pem`); its address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=ends_in_days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    if newest < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = newest
    with serving(context) as server:
        server.on("/1", Reply(notices("a")))
        yield server, f"localhost:{server.port}"


def test_a_22_a_certificate_that_nobody_vouches_for_is_refused(crawled: Crawl, tmp_path: Path) -> None:
    with speaking_tls(tmp_path) as (server, host):
        haul = crawled(f"https://{host}/1", allow_hosts=(host,))
    assert haul.state == "failed" and server.asked == []
    assert "DownloadConnectionRefusedError" in haul.incidents[0].facts["reason"]


def test_a_22_a_certificate_that_is_trusted_is_accepted(
    crawled: Crawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server, once the machine is told to trust it: what is refused above is the certificate alone."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with speaking_tls(tmp_path) as (_, host):
        assert crawled(f"https://{host}/1", allow_hosts=(host,)).counts["items"] == 1


@pytest.mark.parametrize(
    "fault",
    [{"ends_in_days": -1}, {"host": "other.example"}, {"newest": ssl.TLSVersion.TLSv1}],
    ids=["expired", "wrong host", "TLS 1.0"],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated")
def test_a_22_an_issuer_that_is_trusted_excuses_nothing_else(
    crawled: Crawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: dict[str, object]
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with speaking_tls(tmp_path, **fault) as (server, host):  # type: ignore[arg-type]
        haul = crawled(f"https://{host}/1", allow_hosts=(host,))
    assert haul.state == "failed" and server.asked == []
