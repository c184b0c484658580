"""The server behind the page: people at once, its port, and its picture for the README."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bot.errors import PortBusy
from bot.newsbot import NewsBot
from tests.bot.chat.picture import take

SAMPLE = "Who denied the missile attack?"


def test_several_people_are_answered_at_once(site: str) -> None:
    from gradio_client import Client

    def one(question: str) -> list[str]:
        client = Client(site, verbose=False)
        try:
            reply = client.predict(question, api_name="/answer")
        finally:
            client.close()
        return [citation["article_id"] for citation in reply["citations"]]

    with ThreadPoolExecutor(6) as people:
        found = list(people.map(one, [SAMPLE, "What is the capital of France?"] * 3))
    assert found == [["baghdad-embassy.txt"], []] * 3


def test_a_port_in_use_is_one_clear_line(bot: NewsBot) -> None:
    from bot.server.serving import start

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortBusy, match=f"^port {port} on 127.0.0.1 is in use.*--port$"):
            start(bot, port=port)


def test_the_readme_picture_can_be_taken(site: str, tab: Page, tmp_path: Path) -> None:
    take(tab, site, tmp_path / "page.png")
    data = (tmp_path / "page.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1280, 800)
    assert len(data) > 30_000
