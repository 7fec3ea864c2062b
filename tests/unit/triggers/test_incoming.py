import pytest

from nodeloom.features.triggers.incoming import (
    BodyUnreadable,
    content_type,
    header_map,
    query_map,
    read_body,
    shown_headers,
    sniffed,
)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("application/json", "json"),
        ("application/vnd.api+json; charset=utf-8", "json"),
        ("APPLICATION/JSON", "json"),
        ("application/x-www-form-urlencoded", "form"),
        ("multipart/form-data; boundary=x", "multipart"),
        ("text/csv", "text"),
        ("image/svg+xml", "text"),
        ("application/octet-stream", "file"),
        ("", "unnamed"),
        (None, "unnamed"),
    ],
)
def test_the_content_type_says_how_a_body_is_read(header: str | None, kind: str) -> None:
    assert content_type(header).kind == kind


@pytest.mark.parametrize(
    ("header", "body", "value"),
    [
        ("application/json", b'{"a": [1, 2.5, null]}', {"a": [1, 2.5, None]}),
        ("application/json", b"", {}),
        ("application/x-www-form-urlencoded", b"a=1&b=%C3%BC&a=2&c=", {"a": ["1", "2"], "b": "ü", "c": ""}),
        ("text/plain; charset=latin-1", b"\xfc", "ü"),
    ],
)
def test_bodies_become_json(header: str, body: bytes, value: object) -> None:
    assert read_body(content_type(header), body) == value


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[" * 5000),
        ("application/json", b"\xff"),
        ("application/x-www-form-urlencoded", b"a=%ff"),
        ("application/x-www-form-urlencoded", b"\xff=1"),
        ("text/plain", b"\xff"),
        ("text/plain; charset=no-such", b"a"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(header: str, body: bytes) -> None:
    with pytest.raises(BodyUnreadable):
        read_body(content_type(header), body)


def test_a_body_without_a_content_type_is_what_it_looks_like() -> None:
    assert [sniffed(body).kind for body in (b"", b'{"a": 1}', b"hello", b"\xff\xfe")] == [
        "json", "json", "text", "file",
    ]  # fmt: skip


def test_repeated_headers_and_query_names_are_kept() -> None:
    raw = [(b"accept", b"a"), (b"accept", b"b"), (b"cookie", b"x=1"), (b"cookie", b"y=2")]
    assert header_map(raw) == {"accept": "a, b", "cookie": "x=1; y=2"}
    assert query_map(b"a=1&b=&a=2") == {"a": ["1", "2"], "b": ""}


def test_what_lets_a_caller_in_is_not_shown_to_the_workflow() -> None:
    headers = {
        "authorization": "Bearer s3cr3t", "cookie": "a=b", "x-key": "s3cr3t", "x-signature": "abc", "x-other": "seen",
    }  # fmt: skip
    assert shown_headers(headers, ("s3cr3t",), {"x-signature"}) == {"x-other": "seen"}
    assert query_map(b"key=s3cr3t&page=2", ("s3cr3t",)) == {"page": "2"}


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "hex", "zlib"])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_no_charset_of_a_caller_breaks_the_door(kind: str, charset: str) -> None:
    with pytest.raises(BodyUnreadable):
        read_body(content_type(f"{kind}; charset={charset}"), b"a=\x80" if kind == "text/plain" else b"a=%80")
