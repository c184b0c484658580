"""A server of the page, over an index that may be changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bot.newsbot import NewsBot
from index.builder import build_index
from tests.fakes.browser import free_port
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader

if TYPE_CHECKING:
    from bot.server.config import ServerConfig
    from index.embedding.embedder import Embedder

__all__ = ["call", "copied", "flooded", "serving_on"]


def copied(samples_index: Path, folder: Path, embedder: Embedder) -> NewsBot:
    """Return a bot over a copy of the samples' index."""
    shutil.copytree(samples_index, folder)
    return NewsBot(folder, embedder=embedder)


@contextmanager
def serving_on(
    bot: NewsBot | Mapping[str, NewsBot], config: ServerConfig | None = None
) -> Iterator[str]:
    """Serve with this configuration; yield the address without a slash at its end."""
    from bot.server.serving import start  # Gradio takes seconds: only for tests that need it

    port = free_port()
    running = start(bot, port=port, config=config)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.close()


def call(client: httpx.Client, name: str, /, **given: Any) -> Any:
    """Call an endpoint by plain HTTP; return its reply, or the line of its error as a text."""
    asked = client.post(f"/gradio_api/call/v2/{name}", json=given)
    if asked.status_code != 200:
        return f"{asked.status_code} {asked.json()['detail']}"
    told = client.get(f"/gradio_api/call/v2/{name}/{asked.json()['event_id']}").text
    event, _, data = told.strip().rpartition("event: ")[2].partition("\ndata: ")
    return json.loads(data)[0] if event == "complete" else json.loads(data)["error"]


def flooded(folder: Path, town: str) -> NewsBot:
    """Return a bot over one article that says which town was flooded."""
    text = f"Flood in {town}\n\nThe river rose in the town of {town} on Monday.\n"
    (folder / f"{town.lower()}.txt").write_text(text, encoding="utf-8")
    build_index([folder], folder / "index", embedder=HashedEmbedder())
    reader = PhraseReader(town)
    return NewsBot(folder / "index", embedder=HashedEmbedder(), reader=reader, threshold=0.0)
