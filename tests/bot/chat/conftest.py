"""The chat page and its browser, for the tests of this package."""

from __future__ import annotations

from tests.fakes.pages import bot, browser, context, own_site, site, tab

__all__ = ["bot", "browser", "context", "own_site", "site", "tab"]
