"""The README's picture of the page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.bot.chat.picture import take


def test_readme_picture_can_be_taken(site: str, tab: Page, tmp_path: Path) -> None:
    take(tab, site, tmp_path / "page.png")
    data = (tmp_path / "page.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1280, 800)
    assert len(data) > 30_000
