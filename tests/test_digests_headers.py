"""Hostile strings in one line of text and in mail headers (RELIABILITY fact 1, E-01 to E-04)."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digests.headers import checked_address, encoded_mailbox, encoded_text, header_text, one_line, shortened
from digests.links import safe_link
from terms.errors import MailRefused

ENCODED_WORDS = (
    "=?utf-8?q?x=0D=0ABcc=3A_evil=40e.test?=",
    "=?utf-8?b?eA0KQmNjOiBldmlsQGUudGVzdA==?=",
    "=?utf-8?q?x=0D=0A?= =?utf-8?q?Bcc=3A_evil=40e.test?=",
    "=?utf-8?q?x=0D=0A?=\r\n =?utf-8?q?Bcc=3A_evil=40e.test?=",
    "=\x00?utf-8?q?x=0D=0ABcc=3A_evil=40e.test?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3D0D=3D0ABcc=3A_evil=3F=3D?=",
    "=?no-such-charset?q?x=0D=0ABcc=3A?=",
    "=?utf-8?b?!!!?=",
)
BREAKS = ("\r", "\n", "\r\n", "\x0b", "\x0c", "\x00", "\x85", "\u2028", "\u2029", "\x1b[31m")
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TEXTS = st.text(st.characters(exclude_categories=()), max_size=400)


@pytest.mark.parametrize("word", ENCODED_WORDS)
def test_encoded_words_are_decoded_first_and_nothing_is_left_to_decode(word: str) -> None:
    """E-01: the line end is inside the word, so stripping alone does not help."""
    clean = header_text(word)
    assert not UNSAFE.search(clean)
    assert "=?" not in clean
    assert str(make_header(decode_header(clean))) == clean


def test_an_honest_encoded_word_is_read() -> None:
    assert header_text("=?utf-8?q?R=C3=B8yk_p=C3=A5_havet?=") == "Røyk på havet"


@pytest.mark.parametrize("mark", BREAKS)
def test_breaks_become_spaces(mark: str) -> None:
    """E-02."""
    assert one_line(f"a{mark}Bcc: b") in ("a Bcc: b", "a [31mBcc: b")


def test_bidi_and_invisible_characters_go_and_surrogates_are_replaced() -> None:
    assert one_line("gnp\u202efdp.\u200bexe\U000e0041 \ud800") == "gnpfdp.exe \ufffd"


@given(TEXTS)
@example("=" * 5 + "?utf-8?q?a?=")
def test_any_text_becomes_one_safe_line(text: str) -> None:
    assert not UNSAFE.search(one_line(text))
    assert not UNSAFE.search(header_text(text))
    assert "=?" not in header_text(text)


@given(TEXTS)
@example("Acme <evil@e.test>,")
@example('"; Bcc: evil@e.test')
@example("Åse, evil <evil@e.test>, " * 6)
@example("x" * 500)
def test_a_name_can_neither_add_a_recipient_nor_a_header(name: str) -> None:
    """E-03, P8: a reader of the header finds our address and no other."""
    field = encoded_mailbox(name, "ola@nordlys.example")
    raw = f"To: {field}\r\nSubject: {encoded_text(name)}\r\n\r\n".encode("ascii")
    mail = message_from_bytes(raw, policy=policy.default)
    assert set(mail.keys()) == {"To", "Subject"}
    assert [a.addr_spec for a in mail["To"].addresses] == ["ola@nordlys.example"]
    assert [address for _, address in getaddresses([field.replace("\r\n", "")])] == ["ola@nordlys.example"]
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@given(TEXTS)
def test_a_subject_is_read_back_as_it_was_cleaned(text: str) -> None:
    folded = encoded_text(text)
    assert all(line.startswith(" ") for line in folded.split("\r\n")[1:])
    assert str(make_header(decode_header(folded.replace("\r\n", "")))) == header_text(text)


@pytest.mark.parametrize(
    "address",
    [
        "ola",
        "ola@",
        "@x.no",
        "ola@x",
        "ola@x.no\r\nRCPT TO:<e@e.test>",
        "ola@x.no, e@e.test",
        "ø@x.no",
        "ola@øl.no",
        "a b@x.no",
    ],
)
def test_an_unusable_address_is_refused_without_being_shown(address: str) -> None:
    """E-04."""
    with pytest.raises(MailRefused) as refused:
        checked_address(address)
    assert "ola@" not in str(refused.value)


def test_shortened_cuts_at_a_space() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("one", 3) == "one"


@pytest.mark.parametrize("url", ["https://a.example/x?y=1&z=ø", "http://a.example:8080/", "https://[2001:db8::1]/"])
def test_absolute_web_addresses_may_be_links(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "\x01javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.test",
        "/\\evil.test",
        "https:evil.test",
        "https:///evil.test",
        "http://in.test:80\\@good.test/",
        "https://user@evil.test/",
        "https://evil.test:port/",
        "https://[::1/",
        "https://a.example/ onclick=x",
        'https://a.example/"onclick=x',
        "ftp://a.example/",
        "",
        "https://a.example/" + "x" * 3000,
    ],
)
def test_everything_else_stays_text(url: str) -> None:
    """F-02, A-11."""
    assert safe_link(url) is None
