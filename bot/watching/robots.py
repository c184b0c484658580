"""What sites ask of programs that fetch their pages: robots.txt (RFC 9309)."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from protego import Protego

from corpus.errors import UnexpectedStatus, UnreadableArticle
from corpus.web.fetching import FetchLimits, fetch

__all__ = ["Robots"]

_AGENT = "newsbot"
_LIMITS = FetchLimits(seconds=20.0, size=512_000, redirects=5)
_PAUSE = 1.0  # seconds between two requests to a site that does not say
_LONGEST_PAUSE = 30.0


class Robots:
    """The rules of each site, fetched when its first page is asked for; for one round of polls."""

    def __init__(self, *, allow_local: bool, pause: float = _PAUSE) -> None:
        """Start without the rules of any site.

        Args:
            allow_local: fetch rules from the local network too.
            pause: seconds between two requests to a site whose rules name none.
        """
        self._allow_local = allow_local
        self._pause = pause
        self._rules: dict[str, Protego | None] = {}
        self._asked: dict[str, float] = {}

    def allows(self, address: str) -> bool:
        """Return whether a page may be fetched.

        A site without robots.txt allows all, and one that fails or is not reached nothing.
        """
        rules = self._of(_site(address))
        return rules is not None and rules.can_fetch(address, _AGENT)

    def wait_for(self, address: str) -> float:
        """Return the seconds to wait before a page is fetched, and count it as fetched then."""
        site = _site(address)
        rules = self._of(site)
        delay = (rules.crawl_delay(_AGENT) if rules is not None else None) or self._pause
        delay = min(delay, _LONGEST_PAUSE)
        now = time.monotonic()
        at = max(now, self._asked.get(site, -_LONGEST_PAUSE) + delay)
        self._asked[site] = at
        return at - now

    def _of(self, site: str) -> Protego | None:
        if site not in self._rules:
            try:
                found = fetch(f"{site}/robots.txt", allow_local=self._allow_local, limits=_LIMITS)
                self._rules[site] = Protego.parse(found.data.decode("utf-8", "replace"))
            except UnexpectedStatus as error:
                # RFC 9309, 2.3.1.3 and 2.3.1.4: none there, or the site is in trouble.
                is_absent = 400 <= error.status < 500 and error.status != 429
                self._rules[site] = Protego.parse("") if is_absent else None
            except UnreadableArticle:
                self._rules[site] = None
        return self._rules[site]


def _site(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
