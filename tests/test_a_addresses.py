"""No connect(2) to what is not public, whatever leads there (RELIABILITY A-08, A-10 to A-13, P4)."""

import ipaddress
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spiders.guard import AddressGuard
from terms.address import is_public
from terms.errors import Blocked
from tests.crawling import Crawl, crawler
from tests.origin import Origin, Reply, notices, serving

INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "0.0.0.0",
    "192.0.0.9",
    "192.88.99.1",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "100::1",
    "5f00::1",
]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        publisher.on("/1", Reply(notices("a")))
        yield publisher


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    return crawler(tmp_path, origin)


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address given to connect(2); none is really dialled."""
    seen: list[object] = []

    def spy(self: socket.socket, address: object) -> None:
        seen.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", spy)
    monkeypatch.setattr(socket.socket, "connect_ex", spy)
    return seen


@pytest.mark.parametrize("text", INSIDE)
def test_a_08_what_is_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"]
)
def test_a_08_what_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        *(f"http://[{text}]/" if ":" in text else f"http://{text}/" for text in INSIDE),
        "http://127.1/",
        "http://0/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://localhost/",
        "http://localhost./",
        "http://①②⑦.⓪.⓪.①/",
        "http://[::ffff:7f00:1]/",
        "https://127.0.0.1:8443/",
        "file:///etc/passwd",
        "ftp://a.example/",
        "data:text/plain,x",
        "gopher://a.example/",
        "feed://a.example/",
        "//a.example/",
        "\\\\host\\x",
        " http://a.example/",
        "http://a.example/\r\nX: y",
        "http://in.test:80\\@good.test/",
        "http://user:secret@a.example/",
        "http://user@a.example/",
        "http:///nohost",
        "http://a.example:99999/",
        "http://[::1/",
    ],
)
def test_a_08_nothing_inside_is_ever_dialled(crawled: Crawl, dialled: list[object], url: str) -> None:
    haul = crawled(url)
    assert haul.state == "failed"
    assert dialled == []


def answering(*answers: list[str]) -> Callable[..., list[tuple[object, ...]]]:
    """A name server that says something else each time; the last answer for ever."""
    waiting = list(answers)

    def getaddrinfo(host: object, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        texts = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET6 if ":" in t else socket.AF_INET, socket.SOCK_STREAM, 6, "", (t, port)) for t in texts]

    return getaddrinfo


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["64:ff9b::7f00:1"]])
def test_a_08_a_name_that_resolves_inside_is_not_dialled(
    crawled: Crawl, dialled: list[object], monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    """Also where only one of several answers is inside."""
    monkeypatch.setattr(socket, "getaddrinfo", answering(answers))
    haul = crawled("http://127.0.0.1.nip.example/")
    assert haul.incidents[0].message == "An address was refused"
    assert dialled == []


def test_a_10_a_name_that_changes_its_mind_is_not_dialled_inside(
    crawled: Crawl, dialled: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer is public, every later one inside; each one is checked where it is used."""
    monkeypatch.setattr(socket, "getaddrinfo", answering(["8.8.8.8"], ["127.0.0.1"]))
    crawled("http://rebinding.example/", retries=2)
    assert {address[0] for address in dialled if isinstance(address, tuple)} == {"8.8.8.8"}


def test_a_10_the_socket_hook_alone_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = AddressGuard()
    with pytest.raises(Blocked):
        guard.open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
    with pytest.raises(Blocked):
        guard.open_socket((socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 80, 0, 2)))


def test_a_08_only_the_port_that_is_allowed_is_dialled(crawled: Crawl, dialled: list[object], origin: Origin) -> None:
    crawled(f"http://127.0.0.1:{origin.port + 1}/")
    assert dialled == []


def test_a_08_a_mirror_that_is_allowed_by_name_is_dialled(
    crawled: Crawl, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering(["127.0.0.1"]))
    haul = crawled(f"http://mirror.example:{origin.port}/1", allow_hosts=(f"mirror.example:{origin.port}",))
    assert haul.counts["items"] == 1


def test_a_13_proxies_of_the_environment_are_ignored(
    crawled: Crawl, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would dial for us."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert crawled("/1").state == "complete"
    assert origin.paths() == ["/robots.txt", "/1"]


METADATA = ("169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "metadata.google.internal")


@pytest.mark.parametrize("host", METADATA)
def test_a_12_the_metadata_of_a_cloud_is_never_dialled(
    crawled: Crawl, dialled: list[object], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Written as it is, and behind a name; connect(2) itself is replaced, so that nothing could slip through."""
    monkeypatch.setattr(socket, "getaddrinfo", answering([host.strip("[]")] if host[-1] in "]0123456789" else ["::1"]))
    assert crawled(f"http://{host}/latest/meta-data/").state == "failed"
    assert crawled("http://innocent.example/", run_key="run2").state == "failed"
    assert dialled == []


@pytest.mark.parametrize(
    "url",
    [
        "http://in.example:80\\@good.example/",
        "http://good.example\\.in.example/",
        "http://a.example/\t",
        "http://u@a.example/",
    ],
)
def test_a_11_an_address_that_readers_disagree_on_is_not_even_looked_up(
    crawled: Crawl, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    looked_up: list[object] = []

    def resolve(host: object, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert crawled(url).state == "failed"
    assert looked_up == []


CASES = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora" / "wpt-urltestdata"


@pytest.mark.skipif(not CASES.is_dir(), reason="the URL test cases are not on this machine")
def test_a_11_no_address_of_the_url_test_cases_reaches_inside(
    crawled: Crawl, dialled: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All absolute http(s) cases, with a name server that finds everything inside."""
    (file,) = CASES.rglob("urltestdata.json")
    cases = [case["input"] for case in json.loads(file.read_text("utf-8")) if isinstance(case, dict)]
    urls = [url for url in cases if url.lower().lstrip().startswith(("http:", "https:"))]
    assert len(urls) > 200
    monkeypatch.setattr(socket, "getaddrinfo", answering(["10.0.0.1"]))
    haul = crawled(*urls, request_timeout_s=1.0)
    assert haul.counts["pages"] == 0
    dialled_hosts = {str(address[0]) for address in dialled if isinstance(address, tuple)}
    assert all(is_public(ipaddress.ip_address(host)) for host in dialled_hosts)
