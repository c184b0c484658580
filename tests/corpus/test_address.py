"""Which addresses are kept, and what makes two of them one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.address import canonical_address, clean_address


@pytest.mark.parametrize(
    "address",
    [
        None, "", "javascript:alert(1)", "data:text/html,x", "ftp://example.com/a", "/a/b", "https://",
        "https://example.com/a b", "https://example.com/\"><script>", "http://[::1", "http://a:b/c",
        "https://example.com/" + "a" * 2_000, "file:///etc/passwd", "https://example.com/a\nb",
    ],
)  # fmt: skip
def test_what_no_page_may_link_to_is_no_address(address: str | None) -> None:
    assert clean_address(address) is None


def test_a_user_name_that_poses_as_the_host_is_left_out() -> None:
    assert clean_address("https://bbc.co.uk@evil.example/a") == "https://evil.example/a"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("HTTPS://News.Example.com:443/A?utm_source=x&id=7#top", "https://news.example.com/A?id=7"),
        ("http://example.com:8080/a?fbclid=1", "http://example.com:8080/a"),
        ("https://example.com/a?b=&c", "https://example.com/a?b=&c"),
        ("https://example.com/?p=12", "https://example.com/?p=12"),
        ("https://[2001:db8::1]:444/a", "https://[2001:db8::1]:444/a"),
        ("https://example.com", None),
        ("https://example.com/?utm_campaign=x#a", None),
    ],
)
def test_links_to_one_article_become_the_same(address: str, expected: str | None) -> None:
    cleaned = clean_address(address)
    assert cleaned is not None
    assert canonical_address(cleaned) == expected


@given(st.from_regex(r"https?://[a-zA-Z0-9.:@\[\]-]{1,20}(/[a-zA-Z0-9?&=#%._-]{0,30})?"))
def test_a_canonical_address_is_its_own_canonical_address(address: str) -> None:
    cleaned = clean_address(address)
    canonical = cleaned and canonical_address(cleaned)
    if canonical:
        assert clean_address(canonical) == canonical
        assert canonical_address(canonical) == canonical
