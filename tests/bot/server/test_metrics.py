"""The counters, and the hook of NewsBot that they hang on."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.answering.answers import Answer
from bot.errors import ReaderError
from bot.newsbot import NewsBot
from bot.server.metrics import ServerMetrics, monitoring_routes
from index.errors import EmptyQuestion
from index.store.snapshot import LocalSnapshot
from tests.fakes.browser import SAMPLE


def test_hook_is_called_with_each_answer_or_error(bot: NewsBot) -> None:
    outcomes: list[Answer | Exception] = []
    hooked = bot.with_hook(lambda question, outcome: outcomes.append(outcome))
    answer = hooked.answer(SAMPLE)
    streamed = list(hooked.stream("What is the capital of France?"))[-1]["answer"]
    with pytest.raises(EmptyQuestion):
        hooked.answer(" ")
    with pytest.raises(EmptyQuestion):
        list(hooked.stream(" "))
    bot.answer(SAMPLE)
    assert outcomes[:2] == [answer, streamed]
    assert [type(one) for one in outcomes[2:]] == [EmptyQuestion, EmptyQuestion]
    assert hooked.searcher() is bot.searcher(), "nothing is opened twice"


def test_failing_hook_breaks_no_answer(bot: NewsBot, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no")

    assert bot.with_hook(fail).answer(SAMPLE).citations
    assert "the hook on answers failed" in caplog.text


def test_failures_are_counted_and_blank_questions_are_not(bot: NewsBot) -> None:
    metrics = ServerMetrics(bot)
    for outcome in (bot.answer(SAMPLE), ReaderError("missing"), EmptyQuestion("blank")):
        metrics.count(SAMPLE, outcome)
    counts = ("questions", "refusals", "failures")
    values = [metrics.registry.get_sample_value(f"newsbot_{one}_total") for one in counts]
    assert values == [1, 0, 1]


def test_server_that_does_not_answer_is_told(bot: NewsBot, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = ServerMetrics(bot)
    client = TestClient(Starlette(routes=monitoring_routes(bot, metrics)))
    value = metrics.registry.get_sample_value
    assert client.get("/healthz").text == "ok\n" and value("newsbot_index_up") == 1
    monkeypatch.setattr(LocalSnapshot, "ailing", lambda self: {"engine": "Milvus at x: away"})
    answered = client.get("/healthz")
    assert (answered.status_code, answered.text) == (503, "the index cannot be opened\n")
    assert value("newsbot_index_up") == 0
    assert value("newsbot_index_server_down", {"server": "engine"}) == 1
    assert value("newsbot_articles") is not None, "the catalogue still answers"
