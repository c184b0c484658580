"""An index of three short articles, and a hostile answer from it that is kept."""

from __future__ import annotations

import json
from pathlib import Path

from bot.answering.answers import Answer, Citation
from bot.citing.answered import AnsweredQuestion
from bot.citing.permalinks import PermalinkStore, permalink_file
from bot.newsbot import NewsBot
from index.builder import build_index
from tests.fakes.embedder import HashedEmbedder

__all__ = ["HOSTILE", "SANK", "kept_from", "three_articles"]

HOSTILE = "<img src=x onerror='window.hacked = 1'>"
SANK = "The ferry Aurora sank off Halm."


def three_articles(folder: Path, sank: str = SANK, tug: str = "The tug Bee sank too.") -> NewsBot:
    """Return a bot over an index of articles, made anew where they have changed."""
    texts = {"ferry": sank, "tug": tug, "fog": "Fog lay on the sea. The harbour was shut."}
    records = (
        {"url": f"https://example.org/{name}", "title": name, "text": text}
        for name, text in texts.items()
        if text
    )
    file = folder / "sea.jsonl"
    file.write_text("".join(f"{json.dumps(one)}\n" for one in records))
    build_index([file], folder / "index", embedder=HashedEmbedder(), prune=True)
    return NewsBot(folder / "index", embedder=HashedEmbedder())


def kept_from(bot: NewsBot) -> str:
    """Keep an answer that cites the two articles of what sank, and return its address."""
    sank = [article for article in bot.articles() if "sank" in article.text]
    cited = tuple(
        Citation(number, one.id, one.title, one.url, "Post", None, one.text, 0, len(one.text))
        for number, one in enumerate(sank, 1)
    )
    assert len(cited) == 2
    answer = Answer(f"Aurora {HOSTILE} [1][2]", "Aurora", False, 0.8, cited)
    store = PermalinkStore(permalink_file(bot.index))
    return f"/a/{store.keep(AnsweredQuestion(f'What sank? {HOSTILE}', answer), 'g1')}"
