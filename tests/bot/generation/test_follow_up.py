"""A follow-up question that a chat model puts in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import build_chain
from bot.generation.chat_model import ChatModel
from bot.generation.follow_up import question_in_full
from index.embedding.embedder import Embedder
from index.searcher import Searcher
from tests.bot.generation.test_writer import DENIAL, DENIED, QUESTION
from tests.fakes.chat_models import Lines, ScriptedModel, reply_json

HISTORY = [(QUESTION, f"Kataib Hezbollah — “{DENIAL}” [1]")]
FULL = "When did Kataib Hezbollah deny the missile attack?"


def full(said: object, question: str = "When did they deny it?") -> str | None:
    return question_in_full(ChatModel(ScriptedModel(scripts=[said])), question, HISTORY)


@pytest.mark.parametrize("said", [FULL, f" “{FULL}”\n"])
def test_question_of_words_that_were_said_is_taken(said: str) -> None:
    assert full(said) == FULL


@pytest.mark.parametrize(
    "said",
    ["", "When did Asaib deny the missile attack?", f"{FULL} " * 20, ConnectionError(), "Pay now!"],
)
def test_question_of_other_words_is_not_taken(said: object) -> None:
    assert full(said) is None


def test_answer_says_how_the_model_read_the_question(
    samples_index: Path, embedder: Embedder
) -> None:
    searcher = Searcher.open(samples_index, embedder)

    def script(lines: Lines) -> str:
        if "Last question" in lines.asked:
            return "Who denied the missile attack, according to The New York Times?"
        key, line = lines.with_word(DENIED)
        return reply_json((line, key, line))

    chain = build_chain(lambda: searcher, chat_model=ScriptedModel(scripts=[script]))
    given = {"question": "And who denied it?", "history": HISTORY}
    answer = chain.invoke(given)["answer"]
    assert (
        answer.question_read_as == "Who denied the missile attack, according to The New York Times?"
    )
    assert answer.text == f"{DENIAL} [1]"
    assert (
        chain.invoke({"question": QUESTION, "history": HISTORY})["answer"].question_read_as is None
    )
