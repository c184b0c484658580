"""The counters, and the hook of NewsBot that they hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.answering.answers import Answer
from bot.errors import ReaderError
from bot.newsbot import NewsBot
from bot.server.metrics import ServerMetrics
from index.errors import EmptyQuestion
from tests.fakes.browser import SAMPLE

if TYPE_CHECKING:
    pass


def test_hook_is_called_with_each_answer_or_error(bot: NewsBot) -> None:
    outcomes: list[Answer | Exception] = []
    hooked = bot.with_hook(outcomes.append)
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
    def fail(_: object) -> None:
        raise ValueError("no")

    assert bot.with_hook(fail).answer(SAMPLE).citations
    assert "the hook on answers failed" in caplog.text


def test_failures_are_counted_and_blank_questions_are_not(bot: NewsBot) -> None:
    metrics = ServerMetrics(bot)
    for outcome in (bot.answer(SAMPLE), ReaderError("missing"), EmptyQuestion("blank")):
        metrics.count(outcome)
    counts = ("questions", "refusals", "failures")
    values = [metrics.registry.get_sample_value(f"newsbot_{one}_total") for one in counts]
    assert values == [1, 0, 1]
