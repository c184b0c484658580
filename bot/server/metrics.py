"""``/healthz`` and ``/metrics``, for supervisors and Prometheus.

``/healthz`` says one word to anybody, and the cause of a failure only to those who may read
``/metrics``: to users where there are users, else to this machine itself. Metrics hold no question,
no name and no address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.access.policy import visitor_of
from corpus.errors import NewsbotError
from index.errors import SearchFailure

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from starlette.requests import Request

    from bot.answering.answers import Answer
    from bot.newsbot import NewsBot

__all__ = ["ServerMetrics", "monitoring_routes"]

_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6)


class ServerMetrics:
    """The counters of one server."""

    def __init__(self, bot: NewsBot) -> None:
        """Begin at 0; the index is looked at whenever the metrics are read."""
        self.registry = CollectorRegistry()
        self._questions = Counter(
            "newsbot_questions", "Questions answered or refused.", registry=self.registry
        )
        self._refusals = Counter(
            "newsbot_refusals", "Questions that the articles do not answer.", registry=self.registry
        )
        self._failures = Counter(
            "newsbot_failures",
            "Questions that failed, such as for want of an index; blank ones are not counted.",
            registry=self.registry,
        )
        self._seconds = Histogram(
            "newsbot_answer_seconds",
            "From a question to the whole answer.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.registry.register(_IndexCollector(bot))

    def count(self, question: str, outcome: Answer | Exception) -> None:
        """Count a question by what became of it: a hook for ``NewsBot.with_hook``."""
        if isinstance(outcome, SearchFailure):
            return  # a blank question, or a filter that is none
        if isinstance(outcome, Exception):
            self._failures.inc()
            return
        self._questions.inc()
        self._refusals.inc(outcome.refused)
        self._seconds.observe(outcome.timings["total"] / 1000)


class _IndexCollector(Collector):
    def __init__(self, bot: NewsBot) -> None:
        self._bot = bot
        self._counts: tuple[str, int, int] | None = None

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("newsbot_index_up", "Whether the index can be asked: 1 or 0.")
        down = GaugeMetricFamily(
            "newsbot_index_server_down",
            "A server of the index that does not answer.",
            labels=["server"],
        )
        try:
            searcher = self._bot.searcher()
            if self._counts is None or self._counts[0] != searcher.generation:
                status = searcher.status()
                self._counts = (status.generation, status.articles, status.passages)
            ailing = searcher.snapshot.ailing()
            up.add_metric([], 0 if ailing else 1)
            for name in ailing:
                down.add_metric([name], 1)
        except NewsbotError:
            self._counts = None
            up.add_metric([], 0)
        yield from (up, down)
        if self._counts is not None:
            generation, articles, passages = self._counts
            yield InfoMetricFamily(
                "newsbot_index", "The generation that is asked.", {"generation": generation}
            )
            yield GaugeMetricFamily("newsbot_articles", "Articles in the index.", articles)
            yield GaugeMetricFamily("newsbot_passages", "Passages in the index.", passages)


def monitoring_routes(bot: NewsBot, metrics: ServerMetrics) -> list[Route]:
    """Return ``/healthz`` and ``/metrics``."""

    async def healthz(request: Request) -> Response:
        try:
            searcher = await run_in_threadpool(bot.searcher)
            causes = list((await run_in_threadpool(searcher.snapshot.ailing)).values())
        except NewsbotError as error:
            causes = [str(error)]
        if not causes:
            return PlainTextResponse("ok\n")
        trusted = visitor_of(request.scope).is_trusted
        cause = "\n".join(causes) if trusted else "the index cannot be opened"
        return PlainTextResponse(f"{cause}\n", 503)

    async def exposition(request: Request) -> Response:
        if not visitor_of(request.scope).is_trusted:
            return PlainTextResponse("figures are for this machine and for users\n", 403)
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        text = await run_in_threadpool(encode, metrics.registry)
        return Response(text, media_type=media_type)

    return [Route("/healthz", healthz), Route("/metrics", exposition)]
