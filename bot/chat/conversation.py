"""A conversation as the page shows it, step by step. Nothing in here knows of Gradio."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.chat.markup import (
    answer_html,
    card_html,
    cards_html,
    message_html,
    notice_html,
    pending_html,
    question_html,
    refusal_html,
)
from bot.composer import Citation
from bot.errors import UnknownArticle
from corpus.errors import NewsbotError
from index.errors import EmptyQuestion, IndexMissing

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["EXAMPLES", "Role", "Turn", "View", "converse", "first_view", "greeting", "offered"]

EXAMPLES = (
    ("Who denied the missile attack?", "baghdad-embassy.txt"),
    (
        "How many people had to leave their homes in Merrowford?",
        "https://example.com/svr/news/merrowford-410",
    ),
    (
        "Why was the Lantern Theatre closed?",
        "https://example.org/gazette/lantern-theatre-reopens",
    ),
    (
        "How many passengers did the Grelle ferry carry in 2023?",
        "https://example.org/halvik-observer/2024/01/grelle-ferry",
    ),
)
"""Questions to begin with, each with the id of the sample article that it is about."""

Role = Literal["user", "assistant"]
"""Whose message it is."""

_MOST_TURNS = 30  # of a conversation; older ones leave the page, so that its memory is bounded


@dataclass(frozen=True)
class Turn:
    """A question and what was answered.

    Attributes:
        number: from 1, ascending within a conversation.
        question: as it was asked.
        text: the answer's text.
        html: the answer as it is shown.
        cards: its sources as they are shown; empty where it was refused.
    """

    number: int
    question: str
    text: str
    html: str
    cards: str


@dataclass(frozen=True)
class View:
    """What the page shows at one moment.

    Attributes:
        messages: role (``user`` or ``assistant``) and HTML of each message, the oldest first.
        sources: HTML of the sources beside them.
        notice: HTML of the line at the question box.
        box: what the question box is to hold; None where it is to be left alone.
        turns: the turns that are complete, the oldest first.
    """

    messages: list[tuple[Role, str]]
    sources: str
    notice: str
    box: str | None
    turns: tuple[Turn, ...]


def first_view() -> View:
    """Give the page before the first question."""
    return View([], _sources(()), notice_html(), "", ())


def converse(bot: NewsBot, question: str, turns: Sequence[Turn]) -> Iterator[View]:
    """Ask a question and give the page at each step, until the answer is complete.

    What goes wrong is told on the page: then the conversation is as it was and the question back
    in its box.

    Args:
        bot: answers.
        question: anything.
        turns: the conversation so far, the oldest first.
    """
    done = tuple(turns)
    if not question.strip():
        yield _unasked(done, notice_html("Type a question first, then press Enter."), None)
        return
    number = done[-1].number + 1 if done else 1
    history = [(turn.question, turn.text) for turn in done]
    text, shown, cards = "", pending_html(), ""
    numbers: list[int] = []
    yield _asking(done, question, shown, cards, box="")
    try:
        for chunk in bot.stream(question, history=history):
            if "sources" in chunk:
                citations = [Citation.from_dict(fields) for fields in chunk["sources"]]
                numbers = [citation.number for citation in citations]
                cards = _cards(bot, number, citations)
            if "text" in chunk:
                text += chunk["text"]
                # Without sources it is a refusal, which is shown in one piece at the end.
                shown = answer_html(text, numbers, number, streaming=True) if numbers else shown
            if "answer" in chunk:
                reply = chunk["answer"]
                text = reply.text
                if reply.refused:
                    shown, cards = refusal_html(text, reply.notes), ""
                else:
                    others = [
                        (other.short_answer, [cited.number for cited in other.citations])
                        for other in reply.alternatives
                    ]
                    shown = answer_html(
                        text, numbers, number, reply.notes, short=reply.short_answer, others=others
                    )
                    for other in reply.alternatives:
                        cards += _cards(bot, number, other.citations)
            yield _asking(done, question, shown, cards)
    except EmptyQuestion:
        yield _unasked(done, notice_html("That has no words to search for."), question)
    except NewsbotError as error:
        yield _unasked(done, _problem(bot, error), question)
    else:
        turn = Turn(number, question, text, shown, cards)
        done = (*done, turn)[-_MOST_TURNS:]
        yield View(_messages(done), _sources(done), notice_html(), None, done)


def greeting(bot: NewsBot) -> tuple[str, str]:
    """Say what the index holds, as plain text, and what is wrong with it, as a notice's HTML."""
    try:
        articles = bot.status().articles
    except NewsbotError as error:
        return "", _problem(bot, error)
    return f"{articles:,} article{'' if articles == 1 else 's'} indexed", notice_html()


def offered(bot: NewsBot) -> list[str]:
    """Give the example questions whose sample articles are in the index."""
    try:
        return [question for question, article in EXAMPLES if _has(bot, article)]
    except NewsbotError:
        return []  # ``greeting`` tells what is wrong with the index


def _has(bot: NewsBot, article_id: str) -> bool:
    try:
        bot.article(article_id)
    except UnknownArticle:
        return False
    return True


def _cards(bot: NewsBot, number: int, citations: Iterable[Citation]) -> str:
    return "".join(card_html(cited, number, _text(bot, cited)) for cited in citations)


def _text(bot: NewsBot, citation: Citation) -> str | None:
    try:
        return bot.article(citation.article_id).text
    except UnknownArticle:
        return None  # the index was rebuilt without it a moment ago; the quote is still true


def _problem(bot: NewsBot, error: NewsbotError) -> str:
    if isinstance(error, IndexMissing):
        where = shlex.quote(str(bot.index))
        commands = (f"newsbot index FOLDER --index {where}", f"newsbot chat --index {where}")
        return notice_html(
            "There is no index of articles yet. With a folder of articles, run:",
            commands,
            problem=True,
        )
    return notice_html(str(error), problem=True)


def _unasked(turns: tuple[Turn, ...], notice: str, box: str | None) -> View:
    return View(_messages(turns), _sources(turns), notice, box, turns)


def _asking(
    turns: tuple[Turn, ...], question: str, shown: str, cards: str, box: str | None = None
) -> View:
    messages = _messages(turns)
    messages += [("user", question_html(question)), ("assistant", shown)]
    sources = cards_html(cards or message_html("Looking for sources…"), _earlier(turns))
    return View(messages, sources, notice_html(), box, turns)


def _messages(turns: Sequence[Turn]) -> list[tuple[Role, str]]:
    messages: list[tuple[Role, str]] = []
    for turn in turns:
        messages += [("user", question_html(turn.question)), ("assistant", turn.html)]
    return messages


def _sources(turns: Sequence[Turn]) -> str:
    if not turns:
        return cards_html(
            message_html("The sentences that an answer rests on appear here, in their articles.")
        )
    *before, latest = turns
    return cards_html(latest.cards or message_html("No sources: not answered."), _earlier(before))


def _earlier(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    return [(turn.question, turn.cards) for turn in reversed(turns) if turn.cards]
