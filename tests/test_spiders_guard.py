"""No connect(2) to what is not public, whatever leads there (RELIABILITY A-01 to A-13, P4)."""

import ipaddress
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spiders.crawl import crawl
from spiders.guard import AddressGuard, is_public
from spiders.page import Ask, Plan
from terms.errors import Blocked
from tests.crawling import Crawl, crawler
from tests.origin import Notices, Origin, Reply, notices, plan_since, serving, settings_for

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
def test_what_is_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"]
)
def test_what_is_public(text: str) -> None:
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
def test_nothing_inside_is_ever_dialled(crawled: Crawl, dialled: list[object], url: str) -> None:
    """A-07, A-08, A-11, A-12."""
    haul = crawled(url)
    assert haul.state == "failed"
    assert dialled == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]/",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "ftp://a.example/",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "http://user:pw@127.0.0.1:1/",
    ],
)
def test_a_redirect_leads_nowhere_inside(
    crawled: Crawl, origin: Origin, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-06, A-09."""
    seen: list[object] = []
    real = socket.socket.connect

    def spy(self: socket.socket, address: tuple[str, int]) -> None:
        seen.append(address)
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", spy)
    origin.on("/away", Reply(status=302, headers={"Location": target}))
    haul = crawled("/away", "/1")
    assert haul.counts["items"] == 1
    assert haul.counts["failed_pages"] == 1
    assert haul.incidents[0].message == "An address was refused"
    assert set(seen) == {("127.0.0.1", origin.port)}


def test_a_redirect_refused_for_its_scheme_says_so(crawled: Crawl, origin: Origin) -> None:
    origin.on("/away", Reply(status=302, headers={"Location": "file:///etc/passwd"}))
    assert "'file'" in crawled("/away").incidents[0].facts["reason"]


def test_five_redirects_are_followed(crawled: Crawl, origin: Origin) -> None:
    """A-05."""
    for hop in range(9):
        origin.on(f"/hop{hop}", Reply(status=301, headers={"Location": f"/hop{hop + 1}"}))
    origin.on("/hop5", Reply(notices("b")))
    assert crawled("/hop0").counts["items"] == 1


def test_redirects_in_a_circle_end(crawled: Crawl, origin: Origin) -> None:
    origin.on("/round", Reply(status=302, headers={"Location": "/round"}))
    haul = crawled("/round")
    assert haul.incidents[0].facts["reason"] == "more than five redirects"
    assert origin.paths().count("/round") == 6


def test_headers_of_a_source_do_not_follow_to_another_host(tmp_path: Path, origin: Origin) -> None:
    class Keyed(Notices):
        def start(self, plan: Plan) -> list[Ask]:
            return [Ask(url, headers={"X-Api-Key": "S3CR3T"}) for url in self.urls]

    Keyed.name = "notices"
    with serving() as other:
        origin.on("/away", Reply(status=302, headers={"Location": other.url("/there")}))
        other.on("/there", Reply(notices("a")))
        crawl(
            Keyed(origin.url("/away")),
            plan_since(),
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key="run1",
            settings=settings_for(None, allow_hosts=(f"127.0.0.1:{origin.port}", f"127.0.0.1:{other.port}")),
        )
        assert origin.asked[-1].headers["x-api-key"] == "S3CR3T"
        assert other.paths() == ["/robots.txt", "/there"]
        assert all("x-api-key" not in asked.headers for asked in other.asked)


def answering(*answers: list[str]) -> Callable[..., list[tuple[object, ...]]]:
    """A name server that says something else each time; the last answer for ever."""
    waiting = list(answers)

    def getaddrinfo(host: object, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        texts = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET6 if ":" in t else socket.AF_INET, socket.SOCK_STREAM, 6, "", (t, port)) for t in texts]

    return getaddrinfo


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["64:ff9b::7f00:1"]])
def test_a_name_that_resolves_inside_is_not_dialled(
    crawled: Crawl, dialled: list[object], monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    """A-08, A-10: also where only one of several answers is inside."""
    monkeypatch.setattr(socket, "getaddrinfo", answering(answers))
    haul = crawled("http://127.0.0.1.nip.example/")
    assert haul.incidents[0].message == "An address was refused"
    assert dialled == []


def test_a_name_that_changes_its_mind_is_not_dialled_inside(
    crawled: Crawl, dialled: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-10: the first answer is public, every later one inside; each one is checked where it is used."""
    monkeypatch.setattr(socket, "getaddrinfo", answering(["8.8.8.8"], ["127.0.0.1"]))
    crawled("http://rebinding.example/", retries=2)
    assert {address[0] for address in dialled if isinstance(address, tuple)} == {"8.8.8.8"}


def test_the_socket_hook_alone_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = AddressGuard()
    with pytest.raises(Blocked):
        guard.open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
    with pytest.raises(Blocked):
        guard.open_socket((socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 80, 0, 2)))


def test_only_the_port_that_is_allowed_is_dialled(crawled: Crawl, dialled: list[object], origin: Origin) -> None:
    crawled(f"http://127.0.0.1:{origin.port + 1}/")
    assert dialled == []


def test_a_mirror_that_is_allowed_by_name_is_dialled(
    crawled: Crawl, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering(["127.0.0.1"]))
    haul = crawled(f"http://mirror.example:{origin.port}/1", allow_hosts=(f"mirror.example:{origin.port}",))
    assert haul.counts["items"] == 1


def test_proxies_of_the_environment_are_ignored(
    crawled: Crawl, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-13: a proxy would dial for us."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert crawled("/1").state == "complete"


CASES = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora" / "wpt-urltestdata"


@pytest.mark.skipif(not CASES.is_dir(), reason="the URL test cases are not on this machine")
def test_no_address_of_the_url_test_cases_reaches_inside(
    crawled: Crawl, dialled: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-11: all absolute http(s) cases, with a name server that finds everything inside."""
    (file,) = CASES.rglob("urltestdata.json")
    cases = [case["input"] for case in json.loads(file.read_text("utf-8")) if isinstance(case, dict)]
    urls = [url for url in cases if url.lower().lstrip().startswith(("http:", "https:"))]
    assert len(urls) > 200
    monkeypatch.setattr(socket, "getaddrinfo", answering(["10.0.0.1"]))
    haul = crawled(*urls, request_timeout_s=1.0)
    assert haul.counts["pages"] == 0
    dialled_hosts = {str(address[0]) for address in dialled if isinstance(address, tuple)}
    assert all(is_public(ipaddress.ip_address(host)) for host in dialled_hosts)
