"""An address of the web among the paths that a user gives, and the articles behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from corpus.address import clean_address
from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.text import decode_as
from corpus.walk import shown

__all__ = ["WebPage", "drafts_of", "web_pages"]

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)  # two letters: C:/ is a drive
_USERINFO = re.compile(r"(?<=://)[^/?#]*@")
_ANYTHING_LIKE_IT = re.compile(r"(?<=://).*@", re.DOTALL)
_LONGEST_SHOWN = 300
# Formats whose text may be in an encoding that only the server knows.
_PLAIN = {"csv", "html", "markdown", "text"}


@dataclass(frozen=True)
class WebPage:
    """An address to fetch.

    Attributes:
        given: as the user gave it, with a password perhaps: to be fetched, never to be shown.
        name: the same without user name and password.
    """

    given: str
    name: str

    @property
    def real(self) -> str:
        """What its articles are known to come from."""
        return self.name


def web_pages(paths: Iterable[str | Path]) -> tuple[list[str | Path], list[WebPage]]:
    """Separate addresses from paths.

    Args:
        paths: of files and folders, and addresses as strings; a ``Path`` is never an address.

    Returns:
        The paths, and the addresses, each once, both in the order given.
    """
    files: list[str | Path] = []
    pages: dict[str, WebPage] = {}
    for given in paths:
        if isinstance(given, str) and _SCHEME.match(given):
            name = shown(clean_address(given) or _without_credentials(given))
            pages.setdefault(name, WebPage(given, name))
        else:
            files.append(given)
    return files, list(pages.values())


def drafts_of(page: WebPage, *, allow_local: bool) -> Iterator[Draft | BadRecord]:
    """Fetch an address and read it as what it turns out to be.

    A page is known by the address it was found at in the end: what it says itself of its address
    is not believed, or any page could take another's place. Records of a feed or a dump keep
    theirs.

    Raises:
        UnreadableArticle: it cannot be fetched or read.
    """
    from corpus.web.fetching import fetch  # late: httpx is only for those who give an address

    found = fetch(page.given, allow_local=allow_local)
    data = found.data
    if not data:
        raise UnreadableArticle("empty")
    if found.charset is not None and found.format.module in _PLAIN:
        data = _in_utf8(data, found.charset, found.format.module)
    for draft in found.format.parse(data, found.name):
        if isinstance(draft, Draft) and draft.key is None:
            own = None if found.format.module == "html" else clean_address(draft.url)
            draft = replace(draft, url=own or found.address)
        yield draft


def _in_utf8(data: bytes, charset: str, module: str) -> bytes:
    """Decode by the server's word where the data do not say themselves what they are in."""
    if module == "html":
        from corpus.formats.html import declared_encoding

        if declared_encoding(data) is not None:
            return data
    text = decode_as(data, charset)
    return data if text is None else text.encode()


def _without_credentials(address: str) -> str:
    pattern = _USERINFO
    try:
        _ = urlsplit(address).port
    except ValueError:  # "https://me:pass/word@host": what is the password cannot be told
        pattern = _ANYTHING_LIKE_IT
    return pattern.sub("", address)[:_LONGEST_SHOWN]
