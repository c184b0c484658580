"""newsbot's public functions: ask articles, get cited answers.

    from bot import NewsBot, answer

The names are imported when they are first used, so that ``newsbot --help`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.answering.answers import Answer, Citation
    from bot.chain import build_chain
    from bot.citing.answered import AnsweredQuestion
    from bot.citing.exports import export
    from bot.newsbot import NewsBot, answer
    from bot.retriever import PassageRetriever

__all__ = [
    "Answer",
    "AnsweredQuestion",
    "Citation",
    "NewsBot",
    "PassageRetriever",
    "answer",
    "build_chain",
    "export",
]

_HOME = {
    "Answer": "bot.answering.answers",
    "AnsweredQuestion": "bot.citing.answered",
    "Citation": "bot.answering.answers",
    "NewsBot": "bot.newsbot",
    "PassageRetriever": "bot.retriever",
    "answer": "bot.newsbot",
    "build_chain": "bot.chain",
    "export": "bot.citing.exports",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
