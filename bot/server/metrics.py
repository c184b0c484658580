"""What a supervisor and Prometheus want to know: ``/healthz``, ``/metrics``, and the counting.

``/healthz`` says one word to anybody, and the cause of a failure only to those who may read
``/metrics``: to users where there are users, else to this machine itself. No question, no name and
no address is in the figures.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.access.authentication import visitor_of
from bot.newsbot import Chunk, History, NewsBot
from corpus.errors import NewsbotError
from index.errors import SearchFailure

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from starlette.requests import Request

    from bot.answering.answers import Answer
    from index.filters import Names

__all__ = ["CountedBot", "ServerMetrics", "monitoring_routes"]

_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6)


class ServerMetrics:
    """The counters of one server."""

    def __init__(self, bot: NewsBot) -> None:
        """Begin at nothing; the index is looked at whenever the figures are read."""
        self.registry = CollectorRegistry()
        self.questions = Counter(
            "newsbot_questions", "Questions answered or refused.", registry=self.registry
        )
        self.refusals = Counter(
            "newsbot_refusals", "Questions that the articles do not answer.", registry=self.registry
        )
        self.failures = Counter(
            "newsbot_failures",
            "Questions that failed, such as for want of an index; blank ones are not counted.",
            registry=self.registry,
        )
        self.seconds = Histogram(
            "newsbot_answer_seconds",
            "From a question to the whole answer.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.registry.register(_IndexFigures(bot))

    @contextmanager
    def question(self) -> Iterator[list[Answer]]:
        """Count a question; its answer is to be put into the list."""
        began = time.perf_counter()
        told: list[Answer] = []
        try:
            yield told
        except SearchFailure:
            raise
        except Exception:
            self.failures.inc()
            raise
        if told:
            self.questions.inc()
            self.refusals.inc(told[-1].refused)
            self.seconds.observe(time.perf_counter() - began)


class CountedBot(NewsBot):
    """A ``NewsBot`` over another one's index and models that counts what it is asked."""

    def __init__(self, bot: NewsBot, figures: ServerMetrics) -> None:
        """Share the other's state: nothing is opened or loaded twice."""
        self._index = bot.index
        self._chain = bot.chain
        self._figures = figures
        # Whoever asks either of the two for the current generation opens it for both.
        self.searcher = bot.searcher  # type: ignore[method-assign]
        self.reader = bot.reader  # type: ignore[method-assign]

    def answer(
        self,
        question: str,
        history: History | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        source: Names | None = None,
        articles: Names | None = None,
    ) -> Answer:
        """Answer as ``NewsBot.answer`` does, and count it."""
        with self._figures.question() as told:
            told.append(super().answer(question, history, since, until, source, articles))
            return told[-1]

    def stream(
        self,
        question: str,
        history: History | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        source: Names | None = None,
        articles: Names | None = None,
    ) -> Iterator[Chunk]:
        """Answer as ``NewsBot.stream`` does, and count it."""
        with self._figures.question() as told:
            for chunk in super().stream(question, history, since, until, source, articles):
                if "answer" in chunk:
                    told.append(chunk["answer"])
                yield chunk


class _IndexFigures(Collector):
    def __init__(self, bot: NewsBot) -> None:
        self._bot = bot
        self._known: tuple[str, int, int] | None = None

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("newsbot_index_up", "Whether the index opens: 1 or 0.")
        try:
            searcher = self._bot.searcher()
            if self._known is None or self._known[0] != searcher.generation:
                status = searcher.status()
                self._known = (status.generation, status.articles, status.passages)
            up.add_metric([], 1)
        except NewsbotError:
            self._known = None
            up.add_metric([], 0)
        yield up
        if self._known is not None:
            name, articles, passages = self._known
            yield InfoMetricFamily(
                "newsbot_index", "The generation that is asked.", {"generation": name}
            )
            yield GaugeMetricFamily("newsbot_articles", "Articles in the index.", articles)
            yield GaugeMetricFamily("newsbot_passages", "Passages in the index.", passages)


def monitoring_routes(bot: NewsBot, figures: ServerMetrics) -> list[Route]:
    """Give ``/healthz`` and ``/metrics``."""

    async def healthz(request: Request) -> Response:
        try:
            await run_in_threadpool(bot.searcher)
        except NewsbotError as error:
            trusted = visitor_of(request.scope).is_trusted
            cause = str(error) if trusted else "the index cannot be opened"
            return PlainTextResponse(f"{cause}\n", 503)
        return PlainTextResponse("ok\n")

    async def metrics(request: Request) -> Response:
        if not visitor_of(request.scope).is_trusted:
            return PlainTextResponse("figures are for this machine and for users\n", 403)
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        text = await run_in_threadpool(encode, figures.registry)
        return Response(text, media_type=kind)

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
