"""The chain as a tool of LangChain, as the README shows it."""

from __future__ import annotations

import warnings
from pathlib import Path

from langchain_core._api.beta_decorator import LangChainBetaWarning

from bot.newsbot import NewsBot
from index.embedding.embedder import Embedder


def test_the_chain_is_a_tool_that_takes_a_question_and_gives_the_answer_with_its_references(
    samples_index: Path, embedder: Embedder
) -> None:
    bot = NewsBot(samples_index, embedder=embedder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LangChainBetaWarning)
        tool = (
            bot.chain.with_types(input_type=str)
            .pick("answer")
            .as_tool(
                name="ask_the_articles", description="Answers from news articles, with citations."
            )
        )
    assert (tool.name, tool.description) == (
        "ask_the_articles",
        "Answers from news articles, with citations.",
    )
    [schema] = tool.args.values()
    assert schema["type"] == "string"
    answer = tool.invoke("who denied the missile attack?")
    assert answer.short_answer == "Kataib Hezbollah"
    [cited] = answer.citations
    assert bot.article(cited.article_id).text[cited.start : cited.end] == cited.quote
    assert tool.invoke("What is the capital of France?").refused
