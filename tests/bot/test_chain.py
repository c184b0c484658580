"""newsbot as LangChain parts: a retriever and a runnable."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import Runnable

from bot import PassageRetriever, build_chain
from bot.answering.pipeline import answer_hits, read_hits
from bot.chain import ChainInput
from index.embedding.embedder import Embedder
from index.searcher import Searcher
from tests.fakes.invented import PhraseReader

Chain = Runnable[ChainInput | str, dict[str, Any]]

QUESTION = "who denied the missile attack?"
FIELDS = {
    *("number", "article_id", "title", "url", "source", "published"),
    *("quote", "start", "end", "copies", "updated", "page", "recognised", "revision", "author"),
}


@pytest.fixture(scope="module")
def searcher(samples_index: Path, embedder: Embedder) -> Searcher:
    return Searcher.open(samples_index, embedder)


@pytest.fixture(scope="module")
def chain(searcher: Searcher) -> Chain:
    return build_chain(lambda: searcher)


def test_invoke_returns_sources_text_and_answer(chain: Chain, searcher: Searcher) -> None:
    result = chain.invoke(QUESTION)
    (document, *_) = result["sources"]
    assert document.metadata.keys() == FIELDS
    article = searcher.article(document.metadata["article_id"])
    assert article is not None
    place = slice(document.metadata["start"], document.metadata["end"])
    assert article.text[place] == document.page_content == document.metadata["quote"]
    assert "[1]" in str(result["text"])
    assert result["answer"].text == result["text"]


def test_chain_takes_a_dict_with_filters(chain: Chain) -> None:
    result = chain.invoke({"question": QUESTION, "source": "No Such Paper"})
    assert result["sources"] == []


def test_stream_yields_sources_then_pieces_of_the_text(chain: Chain) -> None:
    first, *pieces, last = chain.stream(QUESTION)
    assert [*first] == ["sources"]
    assert len(pieces) > 3 and all([*piece] == ["text"] for piece in pieces)
    assert "".join(piece["text"] for piece in pieces) == last["answer"].text


def test_reader_is_asked_for_with_each_question(searcher: Searcher) -> None:
    readers = [PhraseReader("vacation", 9.0), PhraseReader("Tueller", 9.0)]
    waiting = iter(readers)
    own = build_chain(lambda: searcher, reader=lambda: next(waiting), threshold=0.0)
    said = [own.invoke("Who was on vacation?")["answer"].short_answer for _ in readers]
    assert said == ["vacation", "Tueller"]
    twice = ["Who was on vacation?"] * 2  # the second time among what stands around
    assert [reader.asked for reader in readers] == [twice] * 2


def test_unknown_level_is_refused_when_the_chain_is_built(searcher: Searcher) -> None:
    with pytest.raises(ValueError, match="bold"):
        build_chain(lambda: searcher, level="bold")


def test_chain_reads_k_passages(searcher: Searcher) -> None:
    first, second = searcher.search(QUESTION, 2).hits
    phrase = next(
        second.article.text[slice(*sentence)]
        for sentence in second.passage.sentences
        if second.article.text[slice(*sentence)] not in first.passage.text
    )
    reader = PhraseReader(phrase, 9.0)
    answers = [
        build_chain(lambda: searcher, reader=lambda: reader, k=k, threshold=0.0).invoke(QUESTION)
        for k in (1, 2)
    ]
    assert [result["answer"].refused for result in answers] == [True, False]


def test_earlier_hits_can_be_answered_from(searcher: Searcher) -> None:
    result = searcher.search(QUESTION, 5)
    reader = PhraseReader("Kataib Hezbollah", 9.0)
    spans = read_hits(reader, result)
    assert {span.text for span in spans} == {"Kataib Hezbollah"}
    answer = answer_hits(result, reader, searcher.embedder, threshold=0.0)
    assert answer.short_answer == "Kataib Hezbollah"
    assert set(answer.timings) == {"read"}


def test_ainvoke_astream_and_batch_return_the_same(chain: Chain) -> None:
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


@pytest.mark.filterwarnings("ignore::langchain_core._api.beta_decorator.LangChainBetaWarning")
def test_chain_is_a_tool_from_question_to_cited_answer(chain: Chain, searcher: Searcher) -> None:
    tool = chain.with_types(input_type=str).pick("answer").as_tool(name="ask", description="Asks.")
    [schema] = tool.args.values()
    assert schema["type"] == "string"
    answer = tool.invoke(QUESTION)
    assert answer.short_answer == "Kataib Hezbollah"
    [cited] = answer.citations
    article = searcher.article(cited.article_id)
    assert article is not None and article.text[cited.start : cited.end] == cited.quote


def test_retriever_returns_passages_as_documents(searcher: Searcher) -> None:
    retriever = PassageRetriever(searcher=lambda: searcher, k=3)
    documents = retriever.invoke(QUESTION)
    assert len(documents) == 3
    for document in documents:
        article = searcher.article(document.metadata["article_id"])
        assert article is not None
        place = slice(document.metadata["start"], document.metadata["end"])
        assert article.text[place] == document.page_content
    assert asyncio.run(retriever.ainvoke(QUESTION)) == documents


def test_retriever_takes_filters(searcher: Searcher) -> None:
    retriever = PassageRetriever(searcher=lambda: searcher, source="No Such Paper")
    assert retriever.invoke(QUESTION) == []
