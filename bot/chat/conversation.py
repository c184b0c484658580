"""A conversation as the page shows it, step by step. Nothing in here knows of Gradio."""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from bot.answering.answers import Answer, Citation
from bot.chat.export import as_text
from bot.chat.filters import SearchFilters
from bot.chat.html.answers import answer_html, growing_html, pending_html, question_html
from bot.chat.html.cards import card_html, cards_html
from bot.chat.html.markup import escaped, message_html, notice_html
from bot.chat.html.timeline import coverage_html
from bot.chat.turns import Turn, turn_sources
from bot.errors import UnknownArticle
from bot.sanitize import counted
from corpus.errors import NewsbotError
from index.errors import EmptyQuestion, IndexMissing

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = [
    "ConversationView",
    "Role",
    "converse",
    "first_view",
    "greeting",
    "problem_html",
    "shown",
    "stopped",
    "typed",
]

Role = Literal["user", "assistant"]
"""Whose message it is."""

_MOST_TURNS = 30  # of a conversation; older ones leave the page, so that its memory is bounded


@dataclass(frozen=True)
class ConversationView:
    """What the page shows at one moment.

    Attributes:
        messages: role (``user`` or ``assistant``) and HTML of each message, the oldest first.
        sources: HTML of the sources beside them, with what can be copied.
        coverage: HTML of when what was found was published; empty where there is nothing to show.
        notice: HTML of the line at the question box.
        box: what the question box is to hold; None where it is to be left alone.
        turns: the turns that are complete and stand, the oldest first.
        reading: HTML of the reading pane; None where it is to be left alone.
        sent: a question that leaves its box, unless something else has been typed there since it
            was sent; empty for none, None where what was said of that still holds.
    """

    messages: list[tuple[Role, str]]
    sources: str
    coverage: str
    notice: str
    box: str | None
    turns: tuple[Turn, ...]
    reading: str | None = None
    sent: str | None = ""


def first_view() -> ConversationView:
    """Give the page before the first question."""
    return ConversationView([], _sources(()), "", notice_html(), "", (), "")


def shown(
    turns: Sequence[Turn], notice: str = "", box: str | None = None, reading: str | None = None
) -> ConversationView:
    """Give the page with a conversation that is complete so far.

    Args:
        turns: the oldest first.
        notice: HTML of the line at the question box; an empty line where it is empty.
        box: what the question box is to hold; None where it is to be left alone.
        reading: HTML of the reading pane; None where it is to be left alone.
    """
    done = tuple(turns)
    coverage = coverage_html(done[-1].found) if done else ""
    notice = notice or notice_html()
    return ConversationView(_messages(done), _sources(done), coverage, notice, box, done, reading)


def stopped(turns: Sequence[Turn], question: str, box: str = "") -> ConversationView:
    """Give the page after an answer was stopped: as it was, and the question back in its box.

    Args:
        turns: the conversation.
        question: what was asked; empty where it stands in the conversation already.
        box: what has been typed into the box meanwhile, which stays there.
    """
    if not question:
        return shown(turns, notice_html("Stopped. The conversation is as it was."))
    if box.strip() not in ("", question.strip()):
        return shown(turns, notice_html(f"Stopped. This was asked: {question}"))
    return shown(turns, notice_html("Stopped. The question is still in its box."), question)


def typed(message: str) -> str:
    """Give a question as it was typed, from its message after it was edited on the page."""
    return html.unescape(message)


def converse(
    bot: NewsBot,
    question: str,
    turns: Sequence[Turn],
    narrowing: SearchFilters | None = None,
    whole: Sequence[Turn] | None = None,
    back: str | None = None,
) -> Iterator[ConversationView]:
    """Ask a question and give the page at each step, until the answer is complete.

    What goes wrong is told on the page: then the conversation is as it was and the question back
    in its box.

    Args:
        bot: answers.
        question: anything.
        turns: the conversation so far, the oldest first.
        narrowing: which articles are asked; all where None.
        whole: the conversation that stands until the answer is complete, where that takes the place
            of some of its turns; then the question did not come from the box, which is left alone.
        back: beside ``whole``: what is put into the box where no answer comes of it; None for
            nothing.
    """
    done = tuple(turns)
    stands = done if whole is None else tuple(whole)
    back = question if whole is None else back
    narrow = narrowing or SearchFilters()
    if not question.strip():
        yield shown(stands, notice_html("Type a question first, then press Enter."))
        return
    number = done[-1].number + 1 if done else 1
    history = [(turn.question, turn.answer.text) for turn in done]
    text = ""
    citations: list[Citation] = []
    sent = question if whole is None else ""
    yield replace(_asking(done, stands, question, pending_html(), ""), sent=sent, reading="")
    try:
        generation = bot.searcher().generation
        cards = ""
        for chunk in bot.stream(question, history, **narrow.to_filters()):
            if "sources" in chunk:
                citations = [Citation.from_dict(fields) for fields in chunk["sources"]]
                cards = _cards(bot, number, citations)
            if "answer" in chunk:
                answer = chunk["answer"]
                turn = Turn(
                    number,
                    question,
                    answer,
                    turn_sources(chunk["hits"]),
                    narrow,
                    generation,
                    answer_html(answer, number, str(narrow)),
                    _all_cards(bot, number, answer),
                )
            elif "text" in chunk:
                text += chunk["text"]
                # Without sources it is a refusal, which is shown in one piece at the end.
                growing = growing_html(text, citations, number) if citations else pending_html()
                yield _asking(done, stands, question, growing, cards)
            else:
                yield _asking(done, stands, question, pending_html(), cards)
    except EmptyQuestion:
        yield shown(stands, notice_html("That has no words to search for."), back)
    except NewsbotError as error:
        yield shown(stands, problem_html(bot, error), back)
    else:
        yield shown((*done, turn)[-_MOST_TURNS:])


def greeting(bot: NewsBot) -> tuple[str, str]:
    """Say what the index holds, as plain text, and what is wrong with it, as a notice's HTML."""
    try:
        articles = bot.status().articles
    except NewsbotError as error:
        return "", problem_html(bot, error)
    return f"{counted(articles, 'article')} indexed", notice_html()


def problem_html(bot: NewsBot, error: NewsbotError) -> str:
    """Say what went wrong, and what to run where there is no index."""
    if isinstance(error, IndexMissing):
        where = shlex.quote(str(bot.index))
        commands = (f"newsbot index FOLDER --index {where}", f"newsbot chat --index {where}")
        return notice_html(
            "There is no index of articles yet. With a folder of articles, run:",
            commands,
            problem=True,
        )
    return notice_html(str(error), problem=True)


def _all_cards(bot: NewsBot, number: int, answer: Answer) -> str:
    others = [cited for other in answer.alternatives for cited in other.citations]
    return _cards(bot, number, [*answer.citations, *others])


def _cards(bot: NewsBot, number: int, citations: Iterable[Citation]) -> str:
    return "".join(card_html(cited, number, _text(bot, cited)) for cited in citations)


def _text(bot: NewsBot, citation: Citation) -> str | None:
    try:
        return bot.article(citation.article_id).text
    except UnknownArticle:
        return None  # the index was rebuilt without it a moment ago; the quote is still true


def _asking(
    turns: tuple[Turn, ...], stands: tuple[Turn, ...], question: str, answering: str, cards: str
) -> ConversationView:
    messages = _messages(turns)
    messages += [("user", question_html(question)), ("assistant", answering)]
    sources = _copied(turns) + cards_html(
        cards or message_html("Looking for sources…"), _earlier(turns)
    )
    return ConversationView(messages, sources, "", notice_html(), None, stands, sent=None)


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
    cards = latest.cards or message_html("No sources: not answered.")
    return _copied(turns) + cards_html(cards, _earlier(before))


def _copied(turns: Iterable[Turn]) -> str:
    """Hold ready what "Copy" copies: a browser lets a page copy only at once, while it clicks."""
    return "".join(
        f'<pre hidden id="copied-{turn.number}">{escaped(as_text(turn))}</pre>' for turn in turns
    )


def _earlier(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    return [(turn.question, turn.cards) for turn in reversed(turns) if turn.cards]
