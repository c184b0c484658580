"""The named endpoints, for programs: gradio_client, plain HTTP, and the page's API view.

Each returns JSON, and names the articles it rests on with the characters. An error is one line.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.access.policy import AccessPolicy
from bot.answering.csv_export import as_csv
from bot.citing.answered import AnsweredQuestion
from bot.citing.exports import export
from bot.citing.formats import ExportFormat
from bot.citing.permalinks import PermalinkStore, permalink_file
from bot.errors import RequestRefused
from bot.server.gradio_internals import add_endpoint
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.access.audit import Record
    from bot.access.rate_limits import ServerLimits
    from bot.editing.service import EditingService
    from bot.newsbot import NewsBot
    from corpus.article import Article
    from corpus.loader import LoadFailure
    from index.builder import BuildReport

__all__ = ["add_endpoints", "article_list", "error_line"]

_MOST_HITS = 100
_MOST_LISTED = 1_000
_MOST_NAMES = 1_000  # of sources or articles that a question is narrowed to


def add_endpoints(
    bot: NewsBot,
    bots: Mapping[str, NewsBot],
    editing: EditingService,
    policy: AccessPolicy,
    limits: ServerLimits,
    prefixes: Mapping[str, str],
    record: Record,
) -> dict[str, list[Any]]:
    """Add the endpoints to the Blocks whose ``with`` this is called in.

    Args:
        bot: answers where no collection is named.
        bots: answer for the collections, by their names.
        editing: changes the index of ``bot``.
        policy: knows who may change it.
        limits: of what one may ask for.
        prefixes: of the pages of the collections, by their names.
        record: writes searches to the audit log.

    Returns:
        The defaults of each one's parameters, in their order.
    """
    _of = partial(_named_bot, bot, bots)

    def answer(
        question: str,
        since: str | None = None,
        until: str | None = None,
        source: str | list[str] | None = None,
        articles: list[str] | None = None,
        history: list[list[str]] | None = None,
        csv: bool = False,
        format: str = "",
        permalink: bool = False,
        collection: str | None = None,
        name: str | list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the indexed articles, with citations, or refuse.

        Args:
            question: plain words.
            since: earliest date of publication, included, such as 2024-05-31.
            until: latest date of publication, included.
            source: only articles of this publisher, or of these.
            articles: only these articles, by id.
            name: only articles that name this person, organisation or place, or all of these.
            history: earlier questions, each in a list with its answer's text, the oldest first.
            csv: whether the result also has ``csv``, the list or the timeline as CSV.
            format: markdown, chicago, bibtex, ris, csl-json or csv; the result then also has
                ``export``, the answer with its citations in that format.
            permalink: whether the answer is kept; the result then also has ``permalink``, its
                address on this server.
            collection: name of the collection to ask, where the server has several.
        """
        with _public_errors(bot):
            asked, before = limits.check_question(question), limits.check_history(history)
            _check_format(format)
            wants_table, keeps = _flag(csv, "csv"), _flag(permalink, "permalink")
            own, filters = _of(collection), _filters(since, until, source, articles, name)
            answered, generation = _answered(own, asked, before, filters)
            told = _exported(answered, wants_table, format)
            if keeps:
                prefix = prefixes[_name_of(own, bots)]
                made = PermalinkStore(permalink_file(own.index)).keep(answered, generation)
                told["permalink"] = f"{prefix}/a/{made}"
            return told

    def search(
        question: str,
        k: int = 10,
        rerank: bool = True,
        since: str | None = None,
        until: str | None = None,
        source: str | list[str] | None = None,
        articles: list[str] | None = None,
        collection: str | None = None,
        name: str | list[str] | None = None,
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
            name: only articles that name this person, organisation or place, or all of these.
            collection: name of the collection to search, where the server has several.
        """
        with _public_errors(bot):
            asked = limits.check_question(question)
            most = _whole(k, "k", 1, _MOST_HITS)
            filters = _filters(since, until, source, articles, name)
            own = _of(collection)
            record("search", question=asked, collection=_name_of(own, bots))
            return own.find(asked, most, bool(rerank), **filters).to_dict()

    def articles(article_id: str = "", limit: int = 100, offset: int = 0) -> dict[str, Any]:
        """List the indexed articles by id, or return one with its text, in which offsets count.

        Args:
            article_id: of the one article to return whole; all are listed where it is empty.
            limit: articles at the most in a list, 1 to 1,000.
            offset: articles to skip at the beginning of the list.
        """
        with _public_errors(bot):
            if article_id:
                return {"articles": [asdict(bot.article(article_id))], "total": 1}
            limit = _whole(limit, "limit", 1, _MOST_LISTED)
            return article_list(bot, limit, _whole(offset, "offset", 0, 10**9))

    def names(
        name: str = "", match: str = "", limit: int = 50, collection: str | None = None
    ) -> dict[str, Any]:
        """List the names in the articles, or quote what is said of one.

        Args:
            name: the one whose quotes are returned; all are listed where it is empty.
            match: a part of the names in a list.
            limit: names in a list, or articles that are quoted, 1 to 1,000.
            collection: name of the collection to look in, where the server has several.
        """
        with _public_errors(bot):
            most, directory = _whole(limit, "limit", 1, _MOST_LISTED), _of(collection).names()
            if name:
                return directory.entry(str(name), most).to_dict()
            return {"names": [asdict(one) for one in directory.counts(str(match), most)]}

    async def add(
        request: gr.Request,
        files: list[gr.FileData] | None = None,
        urls: list[str] | None = None,
        text: str = "",
        title: str = "",
    ) -> dict[str, Any]:
        """Add articles to the index, and reply when questions are answered from them.

        Args:
            request: who asks; passed by Gradio.
            files: uploaded files, in any format that newsbot reads.
            urls: web addresses to fetch; the links on their pages are not followed.
            text: the text of one article, instead of a file.
            title: the title that goes with the text.
        """
        with _public_errors(bot):
            policy.check_editor(request.request)
            paths = [_path(file) for file in _list(files, "files")]
            job = await asyncio.to_thread(
                editing.add, paths, _words(urls, "urls"), str(text or ""), str(title or "")
            )
            return _report_record(await asyncio.wrap_future(job.outcome))

    async def remove(request: gr.Request, article_ids: list[str]) -> dict[str, Any]:
        """Remove articles from the index; all that are named or, where one is unknown, none.

        Args:
            request: who asks; passed by Gradio.
            article_ids: ids, as the other endpoints return them.
        """
        with _public_errors(bot):
            policy.check_editor(request.request)
            job = editing.remove(_words(article_ids, "article_ids"))
            return _report_record(await asyncio.wrap_future(job.outcome))

    def status() -> dict[str, Any]:
        """Return what the index holds, and how far a running change of it is."""
        with _public_errors(bot):
            found = asdict(bot.status())
            del found["path"]  # where the index lies concerns this machine alone
            return {**found, "change": asdict(editing.jobs.progress())}

    defaults = {
        function.__name__: add_endpoint(function.__name__, function)
        for function in (answer, search, articles, names, status)
    }
    # They wait for the worker of changes and not for a place among the questions.
    apart = {"concurrency_limit": limits.changes_waiting + 1, "concurrency_id": "changes"}
    for change in (add, remove):
        defaults[change.__name__] = add_endpoint(change.__name__, change, **apart)
    return defaults


def error_line(error: NewsbotError, bot: NewsBot) -> str:
    """Return an error in one line without the index's folder, which is this machine's business."""
    index = re.compile(rf"(?<![\w./-]){re.escape(str(bot.index))}(?![\w-])")
    line = index.sub("the index", " ".join(str(error).split()))
    folder = bot.index.parent if isinstance(bot.index, Path) else None
    return line.replace(f"{folder}/", "") if folder and folder.name else line


def article_list(bot: NewsBot, limit: int, offset: int) -> dict[str, Any]:
    """Return a part of the list of articles, without their texts, and how many there are."""
    part = islice(bot.articles(), offset, offset + limit)
    return {"articles": [_article_record(one) for one in part], "total": bot.status().articles}


def _article_record(article: Article) -> dict[str, Any]:
    record = asdict(article)
    record["characters"] = len(record.pop("text"))
    return record


def _report_record(report: BuildReport) -> dict[str, Any]:
    return {
        "added": report.added,
        "replaced": report.replaced,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "articles": report.articles,
        "generation": report.generation,
        "seconds": report.seconds,
        "failures": [_failure_record(one) for one in (*report.failures, *report.skipped)],
    }


def _failure_record(failure: LoadFailure) -> dict[str, str]:
    """Return what could not be read; a file goes by its name alone."""
    web = failure.path.startswith(("http://", "https://"))
    name = failure.path if web else failure.path.rpartition("/")[2]
    return {"name": name, "cause": failure.cause}


@contextmanager
def _public_errors(bot: NewsBot) -> Iterator[None]:
    try:
        yield
    except NewsbotError as error:
        raise gr.Error(error_line(error, bot), print_exception=False) from error


def _filters(since: Any, until: Any, source: Any, articles: Any, name: Any) -> dict[str, Any]:
    source, name = _several(source), _several(name)
    return {
        "since": since or None,
        "until": until or None,
        "source": None if source is None else _names(source, "source"),
        "articles": None if articles is None else _names(articles, "articles"),
        "name": None if name is None else _names(name, "name"),
    }


def _several(given: Any) -> Any:
    if isinstance(given, str):
        return [given] if given.strip() else None
    return given


def _named_bot(bot: NewsBot, bots: Mapping[str, NewsBot], collection: str | None) -> NewsBot:
    if not collection:
        return bot
    if collection not in bots:
        known = ", ".join(filter(None, bots)) or "none"
        raise RequestRefused(f"no collection of that name; there are: {known}")
    return bots[collection]


def _name_of(bot: NewsBot, bots: Mapping[str, NewsBot]) -> str:
    return next(name for name, one in bots.items() if one is bot)


def _answered(
    bot: NewsBot, question: str, history: list[tuple[str, str]], filters: dict[str, Any]
) -> tuple[AnsweredQuestion, str]:
    """Return a question with its answer, and the generation of the index that gave it."""
    generation = bot.searcher().generation
    answer = bot.answer(question, history, **filters)
    return AnsweredQuestion(question, answer, filters), generation


def _exported(answered: AnsweredQuestion, table: bool, form: Any) -> dict[str, Any]:
    """Return an answer as JSON values, and beside it in the formats that are asked for."""
    told = answered.answer.to_dict() | ({"csv": as_csv(answered.answer)} if table else {})
    return told | ({"export": export([answered], form)} if form else {})


def _check_format(name: Any) -> None:
    if name and name not in list(ExportFormat):
        raise RequestRefused(f"format is one of {', '.join(ExportFormat)}")


def _names(value: Any, name: str) -> list[str]:
    if len(words := _words(value, name)) > _MOST_NAMES:
        raise RequestRefused(f"{name} has more than {_MOST_NAMES:,} entries")
    return words


def _whole(value: Any, name: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise RequestRefused(f"{name} is a whole number from {least} to {most:,}")
    return value


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool | None):
        raise RequestRefused(f"{name} is true or false")
    return bool(value)


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
