"""A conversation as the page shows it, step by step. Nothing in here knows of Gradio."""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from bot.answering.answers import EXTRACTIVE, Answer, Citation
from bot.answering.csv_export import as_csv
from bot.chat.filters import SearchFilters
from bot.chat.html.answers import answer_html, growing_html, pending_html, question_html
from bot.chat.html.cards import card_html, cards_html
from bot.chat.html.markup import escaped, message_html, notice_html, problem_html
from bot.chat.html.names import names_html
from bot.chat.html.timeline import timeline_html
from bot.chat.turns import Turn, turn_sources
from bot.citing.markdown import as_text
from bot.errors import UnknownArticle
from bot.sanitize import counted
from corpus.errors import NewsbotError
from index.errors import EmptyQuestion, IndexMissing

if TYPE_CHECKING:
    from bot.newsbot import NewsBot
    from index.names.records import NameCount
    from index.results import Hit

__all__ = [
    "ConversationView",
    "Role",
    "converse",
    "first_view",
    "greeting",
    "shown",
    "stopped",
    "typed",
]

Role = Literal["user", "assistant"]
"""Whose message it is."""

_MOST_NAMES = 18  # beside the sources
_MOST_TURNS = 30  # of a conversation; older ones leave the page, so that its memory is bounded


@dataclass(frozen=True)
class ConversationView:
    """What the page shows at one moment, as HTML; None leaves a part of it as it is."""

    messages: list[tuple[Role, str]]  # the oldest first
    sources: str
    timeline: str  # and the names in what was found
    notice: str
    box: str | None  # plain text
    turns: tuple[Turn, ...]  # those that are complete and stand
    reading: str | None = None
    sent: str | None = ""  # leaves the box, unless something else has been typed there since


def first_view() -> ConversationView:
    """Return the page before the first question."""
    return shown((), box="", reading="")


def shown(
    turns: Sequence[Turn], notice: str = "", box: str | None = None, reading: str | None = None
) -> ConversationView:
    """Return the page with a conversation that is complete so far."""
    done = tuple(turns)
    timeline = ""
    if done:
        timeline = timeline_html(done[-1].found) + names_html(done[-1].names)
    notice = notice or notice_html()
    return ConversationView(_messages(done), _sources(done), timeline, notice, box, done, reading)


def stopped(turns: Sequence[Turn], question: str, box: str = "") -> ConversationView:
    """Return the page after an answer was stopped: as it was, and the question back in its box.

    Args:
        turns: the conversation.
        question: what was asked; empty if it stands in the conversation already.
        box: what has been typed into the box meanwhile, which stays there.
    """
    if not question:
        return shown(turns, notice_html("Stopped. The conversation is as it was."))
    if box.strip() not in ("", question.strip()):
        return shown(turns, notice_html(f"Stopped. Your question was: {question}"))
    return shown(turns, notice_html("Stopped. The question is still in its box."), question)


def typed(message: str) -> str:
    """Return a question as it was typed, from its message after it was edited on the page."""
    return html.unescape(message)


def converse(
    bot: NewsBot,
    question: str,
    turns: Sequence[Turn],
    filters: SearchFilters | None = None,
    standing: Sequence[Turn] | None = None,
    returned: str | None = None,
    alone: bool = False,
    answer_by: str | None = None,
) -> Iterator[ConversationView]:
    """Ask a question and yield the page at each step, until the answer is complete.

    What goes wrong is said on the page: then the conversation is as it was and the question back
    in its box.

    Args:
        bot: answers.
        question: anything.
        turns: the conversation so far, the oldest first.
        filters: which articles are asked; all if None.
        standing: the conversation that stands until the answer is complete, if the answer replaces
            some of its turns; then the question did not come from the box, which is left alone.
        returned: beside ``standing``: what is put into the box if no answer comes of it.
        alone: whether the question is read by itself, not as one that follows ``turns``.
        answer_by: who answers, as ``NewsBot.answer`` takes it.
    """
    done = tuple(turns)
    from_box = standing is None
    stands = done if standing is None else tuple(standing)
    back = question if from_box else returned
    filters = filters or SearchFilters()
    if not question.strip():
        yield shown(stands, notice_html("Type a question first, then press Enter."))
        return
    number = done[-1].number + 1 if done else 1
    text, cards = "", ""
    citations: list[Citation] = []

    def asking(answer: str) -> ConversationView:
        messages = [*_messages(done), ("user", question_html(question)), ("assistant", answer)]
        latest = cards or message_html("Looking for sources…")
        sources = _copied(done) + cards_html(latest, _earlier(done))
        return ConversationView(messages, sources, "", notice_html(), None, stands, sent=None)

    yield replace(asking(pending_html()), sent=question if from_box else "", reading="")
    try:
        generation = bot.searcher().generation
        history = [] if alone else [turn.answer.as_turn(turn.question) for turn in done]
        by_model = bot.chat_model is not None and answer_by != EXTRACTIVE
        for chunk in bot.stream(question, history, **filters.keywords(), answer_by=answer_by):
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
                    filters,
                    generation,
                    answer_html(answer, number, str(filters)),
                    _all_cards(bot, number, answer),
                    names=_names(bot, chunk["hits"]),
                )
                continue
            text += chunk.get("text", "")
            # Without sources it is a refusal, which is shown in one piece at the end.
            growing = pending_html()
            if text and citations:
                growing = growing_html(text, [] if by_model else citations, number)
            yield asking(growing)
    except EmptyQuestion:
        yield shown(stands, notice_html("That has no words to search for."), back)
    except NewsbotError as error:
        yield shown(stands, _problem(bot, error), back)
    else:
        yield shown((*done, turn)[-_MOST_TURNS:])


def greeting(bot: NewsBot) -> tuple[str, str]:
    """Return what the index holds, as plain text, and what is wrong with it, as HTML."""
    try:
        articles = bot.status().articles
    except NewsbotError as error:
        return "", _problem(bot, error)
    return f"{counted(articles, 'article')} indexed", notice_html()


def _problem(bot: NewsBot, error: NewsbotError) -> str:
    """Say what went wrong, and what to run if there is no index."""
    if not isinstance(error, IndexMissing):
        return problem_html(error)
    where = shlex.quote(str(bot.index))
    return problem_html(
        "There is no index of articles yet. With a folder of articles, run:",
        (f"newsbot index FOLDER --index {where}", f"newsbot chat --index {where}"),
    )


def _names(bot: NewsBot, hits: Iterable[Hit]) -> tuple[NameCount, ...]:
    ids = {hit.article.id for hit in hits}
    return tuple(bot.names().counts("", _MOST_NAMES, ids)) if ids else ()


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
    """Hold ready what is copied and saved: a browser lets a page copy only while it clicks."""
    return "".join(
        f'<pre hidden id="copied-{turn.number}">{escaped(as_text(turn.answer))}</pre>'
        f'<pre hidden id="table-{turn.number}">{escaped(as_csv(turn.answer))}</pre>'
        for turn in turns
    )


def _earlier(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    return [(turn.question, turn.cards) for turn in reversed(turns) if turn.cards]
