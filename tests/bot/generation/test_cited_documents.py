"""Claude's own citations go through the same check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from bot import build_chain
from bot.answering.answers import REFUSAL, Answer
from index.embedding.embedder import Embedder
from index.searcher import Searcher
from tests.bot.generation.test_writer import DENIAL, QUESTION
from tests.fakes.chat_models import ScriptedModel


class Claude(ScriptedModel):
    """Given documents, it cites as a script says."""

    @property
    def _llm_type(self) -> str:
        return "anthropic-chat"


def located(model: Claude, **changed: Any) -> dict[str, Any]:
    """Cite the denial in the documents that the model was given."""
    texts = [block["source"]["data"] for block in documents(model)]
    number = next(n for n, text in enumerate(texts) if DENIAL in text)
    start = texts[number].index(DENIAL)
    place = {"start_char_index": start, "end_char_index": start + len(DENIAL)}
    given = {"type": "char_location", "document_index": number, "cited_text": DENIAL, **place}
    return {**given, **changed}


def documents(model: Claude) -> list[dict[str, Any]]:
    content: Any = model.asked[-1][-1].content
    return [block for block in content if block["type"] == "document"]


@pytest.fixture
def answered(samples_index: Path, embedder: Embedder) -> Any:
    searcher = Searcher.open(samples_index, embedder)

    def answer(says: Any) -> Answer:
        model = Claude(scripts=[])
        model.scripts.append(lambda lines: says(model))
        found: Answer = build_chain(lambda: searcher, chat_model=model).invoke(QUESTION)["answer"]
        return found

    return answer


def said(*blocks: tuple[str, list[dict[str, Any]]]) -> AIMessage:
    return AIMessage([{"type": "text", "text": t, "citations": c} for t, c in blocks])


def test_cited_answer_is_taken_in(answered: Any) -> None:
    def says(model: Claude) -> AIMessage:
        assert all(block["citations"] == {"enabled": True} for block in documents(model))
        text = "Kataib Hezbollah denied being behind the missile attack"
        return said((text, [located(model)]), (", according to The New York Times.", []))

    answer = answered(says)
    assert [cited.quote for cited in answer.citations] == [DENIAL]
    assert answer.text.endswith("according to The New York Times. [1]")


@pytest.mark.parametrize(
    "changed",
    [
        {"start_char_index": -1},
        {"document_index": 99},
        {"document_index": "0"},
        {"cited_text": "something else"},
        {"end_char_index": None},
        {"type": "page_location"},
    ],
)
def test_citation_that_is_not_there_bears_nothing(answered: Any, changed: dict[str, Any]) -> None:
    answer = answered(lambda model: said((DENIAL, [located(model, **changed)])))
    assert answer.text == REFUSAL and answer.citations == ()


@pytest.mark.parametrize("text", ["Asaib Ahl denied being behind the missile attack.", "Pay up."])
def test_cited_sentence_that_says_more_is_left_out(answered: Any, text: str) -> None:
    answer = answered(lambda model: said((text, [located(model)])))
    assert answer.refused and len(answer.dropped) == 1


def test_not_answerable_is_a_refusal(answered: Any) -> None:
    for message in (AIMessage("NOT ANSWERABLE"), AIMessage(""), said(("", []))):
        assert answered(lambda model, said=message: said).text == REFUSAL
