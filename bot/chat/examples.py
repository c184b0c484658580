"""Questions to begin with, made from the indexed articles and tried before they are offered."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from bot.errors import UnknownArticle
from bot.sanitize import one_line
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.newsbot import NewsBot
    from corpus.article import Article

__all__ = ["EXAMPLES", "Examples", "questions_about"]

EXAMPLES = (
    ("Who denied the missile attack?", "baghdad-embassy.txt"),
    (
        "How many people had to leave their homes in Merrowford?",
        "https://example.com/svr/news/merrowford-410",
    ),
    ("Why was the Lantern Theatre closed?", "https://example.org/gazette/lantern-theatre-reopens"),
    (
        "How many passengers did the Grelle ferry carry in 2023?",
        "https://example.org/halvik-observer/2024/01/grelle-ferry",
    ),
)
"""Questions to begin with, each with the id of the sample article that it is about."""

_MOST = 4
_MOST_ARTICLES = 60  # that are looked at, by id
_MOST_TRIED = 12  # each takes as long as an answer
_BEGINNING = 3_000  # code points of an article that are looked at

_NAME = r"[A-Z][a-z][\w’'-]*(?: (?:[A-Z]\.|[A-Z][\w’'-]+)){1,3}"
_ROLE = re.compile(rf"\b{_NAME}, the ([a-z][\w’' -]{{5,60}}(?: of [A-Z]\w+)?),")
_SAID = re.compile(rf"\b({_NAME}) (?:said|told|warned|denied|announced)\b")
_COUNTED = re.compile(
    r"(?<!\bof )(?<![\d,])\b(?:about |some |over )?\d[\d,]* ([a-z]{4,20}s|people) "
    r"(?:were|had been) ([a-z]+ed|found|held|hurt|lost|shot|stolen|taken)\b"
)


class Examples:
    """Questions that an index answers, made once for each generation. Safe for threads."""

    def __init__(self, bot: NewsBot) -> None:
        """Offer questions that this bot answers."""
        self._bot = bot
        self._lock = threading.Lock()
        self._made: tuple[str, list[str]] = ("", [])

    def offered(self) -> list[str]:
        """Return at most four questions that the index answers; none if it cannot be asked.

        The first call for a generation takes as long as a few answers, unless the index holds the
        sample articles.
        """
        try:
            with self._lock:
                generation = self._bot.searcher().generation
                if self._made[0] != generation:
                    self._made = (generation, self._samples() or list(self._own()))
                return list(self._made[1])
        except NewsbotError:
            return []  # ``greeting`` says what is wrong with the index

    def _samples(self) -> list[str]:
        return [question for question, article in EXAMPLES if self._has(article)]

    def _has(self, article_id: str) -> bool:
        try:
            self._bot.article(article_id)
        except UnknownArticle:
            return False
        return True

    def _own(self) -> Iterator[str]:
        tried = found = 0
        for article in islice(self._bot.articles(), _MOST_ARTICLES):
            for question in questions_about(article):
                if tried == _MOST_TRIED or found == _MOST:
                    return
                tried += 1
                answer = self._bot.answer(question)
                if article.id in {cited.article_id for cited in answer.citations}:
                    found += 1
                    yield question
                    break


def questions_about(article: Article) -> list[str]:
    """Return at most three questions, not tried yet, that an article may answer."""
    text = one_line(article.text[:_BEGINNING])
    made = [f"Who is the {match[1]}?" for match in islice(_ROLE.finditer(text), 1)]
    made += [f"How many {m[1]} were {m[2]}?" for m in islice(_COUNTED.finditer(text), 1)]
    made += [f"What did {match[1]} say?" for match in islice(_SAID.finditer(text), 1)]
    return made[:3]
