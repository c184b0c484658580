"""Addresses of articles: which are kept, and the one form that names an article."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

__all__ = ["LONGEST_ADDRESS", "canonical_address", "clean_address"]

LONGEST_ADDRESS = 2_000
"""Characters; longer ones are no address of an article, and browsers cut them."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(utm_.*|at_(medium|campaign|link_.*)|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid"
    r"|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|mkt_tok)",
    re.IGNORECASE,
)
_UNFIT = re.compile(r"[\s\x00-\x20\x7f-\x9f\ud800-\udfff\"<>\\^`{|}]")


def clean_address(value: str | None) -> str | None:
    """Take an address that a page may safely link to.

    Args:
        value: what the file gives.

    Returns:
        The address with ``http`` or ``https``, a host, no user name or password, and at most
        2,000 characters; None for anything else.
    """
    address = (value or "").strip()
    if not address or len(address) > LONGEST_ADDRESS or _UNFIT.search(address):
        return None
    try:
        parts = urlsplit(address)
        if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.hostname:
            return None
        _ = parts.port  # ValueError where it is no number
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))


def canonical_address(address: str) -> str | None:
    """Reduce an address to the form in which two links to one article are the same.

    Args:
        address: an address that ``clean_address`` returned.

    Returns:
        Scheme and host in lower case, no default port, no fragment, no tracking parameters. None
        for the bare address of a site, which names no article: pages often give it by mistake.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{parts.port}"
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
    )
    if parts.path in ("", "/") and not query:
        return None
    return urlunsplit((parts.scheme, host, parts.path or "/", query, ""))
