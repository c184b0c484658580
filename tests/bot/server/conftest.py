"""The browser of the page's tests, and a picture where one fails."""

from __future__ import annotations

from tests.bot.chat.conftest import browser, pytest_runtest_makereport

__all__ = ["browser", "pytest_runtest_makereport"]
