"""The named endpoints, for programs: gradio_client, plain HTTP, and the page's API view.

Each gives JSON; each reply that rests on articles names them with the characters it rests on. What
goes wrong is one line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.events import api
from gradio.utils import get_function_description

from bot.access.authentication import AccessPolicy
from bot.access.editors import check_editor
from bot.errors import RequestRefused
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.access.rate_limits import ServerLimits
    from bot.editing.service import EditingService
    from bot.newsbot import NewsBot
    from index.builder import BuildReport

__all__ = ["add_endpoints", "article_record", "listed_articles", "report_record"]

_MOST_HITS = 100
_MOST_LISTED = 1_000
_MOST_NAMES = 1_000  # of sources or articles that a question is narrowed to


def add_endpoints(
    bot: NewsBot, contributions: EditingService, gate: AccessPolicy, limits: ServerLimits
) -> dict[str, list[Any]]:
    """Add the endpoints to the Blocks whose ``with`` this is called in.

    Returns:
        The defaults of each one's parameters, in their order.
    """

    def answer(
        question: str,
        since: str | None = None,
        until: str | None = None,
        source: str | list[str] | None = None,
        articles: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the indexed articles, with citations, or refuse.

        Args:
            question: plain words.
            since: earliest date of publication, included, such as 2024-05-31.
            until: latest date of publication, included.
            source: only articles of this publisher, or of these.
            articles: only these articles, by id.
        """
        with _one_line(bot):
            limits.check_question(question)
            narrowed = _narrowed(since, until, source, articles)
            return bot.answer(question, **narrowed).to_dict()

    def search(
        question: str,
        k: int = 10,
        rerank: bool = True,
        since: str | None = None,
        until: str | None = None,
        source: str | list[str] | None = None,
        articles: list[str] | None = None,
    ) -> dict[str, Any]:
        """Find the passages nearest to a question, the best first, each with its place.

        Args:
            question: plain words.
            k: passages at the most, 1 to 100.
            rerank: whether the reader puts them in order, or they are left as found.
            since: earliest date of publication, included, such as 2024-05-31.
            until: latest date of publication, included.
            source: only articles of this publisher, or of these.
            articles: only these articles, by id.
        """
        with _one_line(bot):
            limits.check_question(question)
            most = _whole(k, "k", 1, _MOST_HITS)
            narrowed = _narrowed(since, until, source, articles)
            return bot.find(question, most, bool(rerank), **narrowed).to_dict()

    def articles(article_id: str = "", limit: int = 100, offset: int = 0) -> dict[str, Any]:
        """List the indexed articles by id, or give one with its text, which offsets count in.

        Args:
            article_id: of the one article to give whole; all are listed where it is empty.
            limit: articles at the most in a list, 1 to 1,000.
            offset: articles to pass over at the beginning of the list.
        """
        with _one_line(bot):
            if article_id:
                return {"articles": [asdict(bot.article(article_id))], "total": 1}
            limit = _whole(limit, "limit", 1, _MOST_LISTED)
            return listed_articles(bot, limit, _whole(offset, "offset", 0, 10**9))

    async def add(
        request: gr.Request,
        files: list[gr.FileData] | None = None,
        urls: list[str] | None = None,
        text: str = "",
        title: str = "",
    ) -> dict[str, Any]:
        """Add articles to the index, and reply when questions are answered from them.

        Args:
            request: who asks; given by Gradio.
            files: uploaded files, in any format that newsbot reads.
            urls: web addresses to fetch; the links on their pages are not followed.
            text: the text of one article, instead of a file.
            title: the title that goes with the text.
        """
        with _one_line(bot):
            check_editor(request, gate)
            paths = [_path(file) for file in _list(files, "files")]
            change = await asyncio.to_thread(
                contributions.add, paths, _words(urls, "urls"), str(text or ""), str(title or "")
            )
            return report_record(await asyncio.wrap_future(change.outcome))

    async def remove(request: gr.Request, article_ids: list[str]) -> dict[str, Any]:
        """Remove articles from the index; all that are named or, where one is unknown, none.

        Args:
            request: who asks; given by Gradio.
            article_ids: ids, as the other endpoints give them.
        """
        with _one_line(bot):
            check_editor(request, gate)
            change = contributions.remove(_words(article_ids, "article_ids"))
            return report_record(await asyncio.wrap_future(change.outcome))

    def status() -> dict[str, Any]:
        """Say what the index holds, and how far a change of it is that goes on."""
        with _one_line(bot):
            found = asdict(bot.status())
            del found["path"]  # where the index lies concerns this machine alone
            return {**found, "change": asdict(contributions.changes.progress())}

    defaults = {
        name: _offer(name, function)
        for name, function in (
            ("answer", answer),
            ("search", search),
            ("articles", articles),
            ("status", status),
        )
    }
    # They wait for the worker of changes and not for a place among the questions.
    waiting = limits.changes_waiting + 1
    for name, change in (("add", add), ("remove", remove)):
        defaults[name] = _offer(name, change, concurrency_limit=waiting, concurrency_id="changes")
    return defaults


def listed_articles(bot: NewsBot, limit: int, offset: int) -> dict[str, Any]:
    """Give a part of the list of articles, without their texts, and how many there are."""
    part = islice(bot.articles(), offset, offset + limit)
    return {"articles": [article_record(one) for one in part], "total": bot.status().articles}


def article_record(article: Any) -> dict[str, Any]:
    """Give what is known of an article, with the length of its text in its place."""
    record = asdict(article)
    record["characters"] = len(record.pop("text"))
    return record


def report_record(report: BuildReport) -> dict[str, Any]:
    """Give what a change did as JSON values; files go by their names alone."""
    return {
        "added": report.added,
        "replaced": report.replaced,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "articles": report.articles,
        "generation": report.generation,
        "seconds": report.seconds,
        "failures": [_failure(one) for one in (*report.failures, *report.skipped)],
    }


def _failure(one: Any) -> dict[str, str]:
    web = one.path.startswith(("http://", "https://"))
    return {"name": one.path if web else one.path.rpartition("/")[2], "cause": one.cause}


def _offer(name: str, function: Callable[..., Any], **options: Any) -> list[Any]:
    """Add an endpoint, its parameters described by its docstring; give their defaults."""
    blocks = gr.context.Context.root_block
    assert blocks is not None, "called outside of Blocks"
    what, parameters, _ = get_function_description(function)
    event = api(function, api_name=name, api_description=what, **options)
    described = [(key, text) for key, text in parameters.items() if key != "request"]
    inputs = blocks.default_config.fns[event["id"]].inputs
    for component, (key, text) in zip(inputs, described, strict=True):
        assert isinstance(component, Api), "made by api()"
        component.label = key
        component._api_info = {**component._api_info, "additional_description": text}
    return [component.value for component in inputs if isinstance(component, Api)]


@contextmanager
def _one_line(bot: NewsBot) -> Iterator[None]:
    try:
        yield
    except NewsbotError as error:
        # Where the index lies concerns this machine alone.
        line = " ".join(str(error).split()).replace(str(bot.index), "the index")
        raise gr.Error(line, print_exception=False) from error


def _narrowed(since: Any, until: Any, source: Any, articles: Any) -> dict[str, Any]:
    if isinstance(source, str):
        source = [source] if source.strip() else None
    return {
        "since": since or None,
        "until": until or None,
        "source": None if source is None else _names(source, "source"),
        "articles": None if articles is None else _names(articles, "articles"),
    }


def _names(value: Any, name: str) -> list[str]:
    if len(words := _words(value, name)) > _MOST_NAMES:
        raise RequestRefused(f"{name} has more than {_MOST_NAMES:,} entries")
    return words


def _whole(value: Any, name: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise RequestRefused(f"{name} is a whole number from {least} to {most:,}")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise RequestRefused(f"{name} is a list")
    return value


def _words(value: Any, name: str) -> list[str]:
    words = _list(value, name)
    if not all(isinstance(word, str) for word in words):
        raise RequestRefused(f"{name} is a list of texts")
    return words


def _path(file: Any) -> str:
    path = file.get("path") if isinstance(file, dict) else getattr(file, "path", None)
    if not isinstance(path, str):
        raise RequestRefused("files is a list of uploaded files")
    return path
