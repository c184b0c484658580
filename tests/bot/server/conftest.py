"""A bot that a server may change, and the browser of the page's tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.newsbot import NewsBot
from tests.fakes.pages import browser
from tests.fakes.served import copied

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

__all__ = ["bot", "browser"]


@pytest.fixture(scope="module")
def bot(
    samples_index: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> NewsBot:
    return copied(samples_index, tmp_path_factory.mktemp("served") / "index", embedder)
