"""Where a webhook may be posted to: https with a trusted certificate, public addresses only, whatever DNS says (P4)."""

import socket
from pathlib import Path

import pytest

from digests.post import checked_url, post
from terms.errors import Blocked, SettingMissing
from tests.test_a_trust import speaking_tls


@pytest.mark.parametrize(
    "url",
    ["http://company.example/x", "ftp://company.example/", "https://a:b@company.example/", "https://", "//x",
     "https://ø.no/", "https://company.example/#x", "http://localhost/x", "http://127.0.0.1/x",
     "file:///etc/passwd", "https://a b.example/"],
)  # fmt: skip
def test_only_https_addresses_are_taken(url: str) -> None:
    for use in (lambda: checked_url(url), lambda: post(url, b"{}", {})):
        with pytest.raises(SettingMissing, match="no plain https address"):
            use()


PRIVATE = ("127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.9", "0.0.0.0", "::1",
           "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1")  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_dialled_whatever_the_name_server_says(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only one of several answers is private; connect(2) is spied on."""
    dialled = list[object]()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)),
               (family, socket.SOCK_STREAM, 6, "", (address, 443))]  # fmt: skip
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: answers)
    monkeypatch.setattr("socket.create_connection", lambda where, **k: dialled.append(where))
    with pytest.raises(Blocked, match="no public address"):
        post("https://company.example/", b"{}", {})
    assert dialled == []


def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    """The handshake fails before a byte of the digest leaves."""
    with speaking_tls(tmp_path) as (server, host):
        said = post(f"https://{host}/", b"a digest", {}, allowed=[host], seconds=5)
    assert (said.state, server.asked) == ("temporary", [])
    assert "CERTIFICATE_VERIFY_FAILED" in said.detail


def test_with_a_certificate_that_is_trusted_it_is_posted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same server, once the machine is told to trust it; but not under another name."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with speaking_tls(tmp_path) as (_, host):
        assert post(f"https://{host}/", b"a digest", {}, allowed=[host], seconds=5).detail.startswith("answered")
        other = host.replace("localhost", "127.0.0.1")
        assert post(f"https://{other}/", b"a digest", {}, allowed=[other], seconds=5).state == "temporary"
