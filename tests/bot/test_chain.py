"""newsbot as LangChain parts: a retriever and a runnable."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from langchain_core.runnables import Runnable, RunnableLambda

from bot import PassageRetriever, build_chain
from bot.chain import ChainInput
from index.embedder import Embedder
from index.errors import EmptyQuestion
from index.searcher import Searcher

QUESTION = "who denied the missile attack?"
FIELDS = {"number", "article_id", "title", "url", "source", "published", "quote", "start", "end"}


@pytest.fixture(scope="module")
def searcher(samples_index: Path, embedder: Embedder) -> Searcher:
    return Searcher.open(samples_index, embedder)


@pytest.fixture(scope="module")
def chain(searcher: Searcher) -> Runnable[ChainInput | str, dict[str, object]]:
    return build_chain(lambda: searcher)


def test_invoke_gives_sources_text_and_answer(
    chain: Runnable[ChainInput | str, dict[str, object]], searcher: Searcher
) -> None:
    result = chain.invoke(QUESTION)
    (document, *_) = result["sources"]  # type: ignore[misc]
    assert document.metadata.keys() == FIELDS
    article = searcher.article(document.metadata["article_id"])
    assert article is not None
    place = slice(document.metadata["start"], document.metadata["end"])
    assert article.text[place] == document.page_content == document.metadata["quote"]
    assert "[1]" in str(result["text"])
    assert result["answer"].text == result["text"]  # type: ignore[attr-defined]


def test_a_dict_with_filters_is_taken_too(
    chain: Runnable[ChainInput | str, dict[str, object]],
) -> None:
    result = chain.invoke({"question": QUESTION, "source": "No Such Paper"})
    assert result["sources"] == []


def test_a_stream_gives_sources_before_text(
    chain: Runnable[ChainInput | str, dict[str, object]],
) -> None:
    keys = [next(iter(part)) for part in chain.stream(QUESTION)]
    assert keys[0] == "sources"
    assert keys[-1] == "answer"
    assert set(keys[1:-1]) == {"text"}
    assert len(keys) > 5


def test_ainvoke_astream_and_batch_give_the_same(
    chain: Runnable[ChainInput | str, dict[str, object]],
) -> None:
    text = chain.invoke(QUESTION)["text"]

    async def both() -> tuple[object, list[str]]:
        parts = [part async for part in chain.astream(QUESTION)]
        return (await chain.ainvoke(QUESTION))["text"], [next(iter(part)) for part in parts]

    async_text, keys = asyncio.run(both())
    assert async_text == text
    assert keys[0] == "sources"
    first, second = chain.batch([QUESTION, "What is the capital of France?"])
    assert first["text"] == text
    assert second["sources"] == []


def test_the_chain_composes_with_other_runnables(
    chain: Runnable[ChainInput | str, dict[str, object]],
) -> None:
    shouted = chain | RunnableLambda(lambda result: str(result["text"]).upper())
    assert "KATAIB HEZBOLLAH" in shouted.invoke(QUESTION)


def test_a_blank_question_raises_from_the_chain(
    chain: Runnable[ChainInput | str, dict[str, object]],
) -> None:
    with pytest.raises(EmptyQuestion):
        chain.invoke("")


def test_the_retriever_gives_passages_as_documents(searcher: Searcher) -> None:
    retriever = PassageRetriever(searcher=lambda: searcher, k=3)
    documents = retriever.invoke(QUESTION)
    assert len(documents) == 3
    for document in documents:
        article = searcher.article(document.metadata["article_id"])
        assert article is not None
        place = slice(document.metadata["start"], document.metadata["end"])
        assert article.text[place] == document.page_content
    assert asyncio.run(retriever.ainvoke(QUESTION)) == documents


def test_the_retriever_takes_filters(searcher: Searcher) -> None:
    retriever = PassageRetriever(searcher=lambda: searcher, source="No Such Paper")
    assert retriever.invoke(QUESTION) == []
