"""An answer that a chat model writes: what holds is cited, what does not is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import NewsBot, build_chain
from bot.answering.answers import EXTRACTIVE, REFUSAL, Answer
from bot.errors import ChatModelError
from bot.generation.contract import MOST_STATEMENTS
from bot.generation.verification import Fault
from index.embedding.embedder import Embedder
from index.searcher import Searcher
from tests.fakes.chat_models import Lines, ScriptedModel, StructuredModel, reply_json, says

QUESTION = "who denied the missile attack?"
DENIED = "the militia Kataib Hezbollah denied being behind the missile attack"
DENIAL = f"According to The New York Times, {DENIED}."


@pytest.fixture(scope="module")
def searcher(samples_index: Path, embedder: Embedder) -> Searcher:
    return Searcher.open(samples_index, embedder)


def answered(searcher: Searcher, script: object, question: str = QUESTION) -> Answer:
    model = StructuredModel(scripts=[script])
    answer: Answer = build_chain(lambda: searcher, chat_model=model).invoke(question)["answer"]
    return answer


def assert_promise(answer: Answer, searcher: Searcher) -> None:
    """Every citation is the article's own characters; every statement is numbered."""
    for cited in (*answer.citations, *answer.closest):
        article = searcher.article(cited.article_id)
        assert article is not None and article.text[cited.start : cited.end] == cited.quote
    numbers = {number for statement in answer.statements for number in statement.numbers}
    assert numbers == ({cited.number for cited in answer.citations} if answer.statements else set())
    assert answer.refused == (not answer.citations)


def test_checked_statement_is_the_answer(searcher: Searcher) -> None:
    wrote = "Kataib Hezbollah denied the missile attack, according to The New York Times [7]."
    answer = answered(searcher, says(wrote, DENIED, DENIED))
    assert answer.text == wrote.replace(" [7]", "") + " [1]"
    assert [cited.quote for cited in answer.citations] == [DENIAL]
    assert (answer.answered_by, answer.short_answer, answer.dropped) == ("scripted", None, ())
    assert 0 < answer.confidence < 1 and {"search", "read", "write", "total"} == {*answer.timings}
    assert_promise(answer, searcher)


def test_false_statement_is_left_out_and_said_to_be(searcher: Searcher) -> None:
    def script(lines: Lines) -> str:
        key, line = lines.with_word(DENIED)
        swapped = line.replace("Kataib Hezbollah", "Asaib Ahl")
        return reply_json((swapped, key, line), (line, key, line), ("All is well.", "zzzz", line))

    answer = answered(searcher, script)
    assert answer.text == f"{DENIAL} [1]"
    assert answer.dropped == (Fault.NAME, Fault.NO_SOURCE)
    assert_promise(answer, searcher)


@pytest.mark.parametrize(
    "script",
    [
        reply_json(answerable=False),
        reply_json(("Anything.", "zzzz", "Anything."), answerable=False),
        reply_json(("Invented.", "zzzz", "Invented.")),
        says("Nothing of the kind.", DENIED),
        json.dumps({"answerable": True, "sentences": []}),
    ],
)
def test_nothing_that_holds_is_a_refusal(searcher: Searcher, script: object) -> None:
    answer = answered(searcher, script)
    assert (answer.text, answer.refused, answer.citations) == (REFUSAL, True, ())
    assert answer.answered_by == "scripted"
    assert_promise(answer, searcher)


def test_true_sentence_that_does_not_answer_is_left_out(searcher: Searcher) -> None:
    def off_topic(lines: Lines) -> str:
        key, _, _, line = lines.found[0]
        return reply_json((line, key, line))

    answer = answered(searcher, off_topic, "What is the capital of France?")
    assert answer.refused and {*answer.dropped} <= {*Fault}


@pytest.mark.parametrize("failure", ["PWNED", TimeoutError(), ConnectionError(), "x" * 100_000])
def test_failing_model_leaves_the_extractive_answer(searcher: Searcher, failure: object) -> None:
    answer = answered(searcher, failure)
    assert (answer.short_answer, answer.answered_by) == ("Kataib Hezbollah", EXTRACTIVE)
    assert answer.notes[-1].endswith("this answer is extractive") and "PWNED" not in str(answer)
    assert_promise(answer, searcher)


def test_more_statements_than_allowed_are_not_looked_at(searcher: Searcher) -> None:
    def script(lines: Lines) -> str:
        key, line = lines.with_word(DENIED)
        return reply_json(*[(line, key, line)] * 10)

    answer = answered(searcher, script)
    assert len(answer.statements) == MOST_STATEMENTS and len(answer.citations) == 1


def test_timeline_stands_below_what_a_model_writes(searcher: Searcher) -> None:
    def script(lines: Lines) -> str:
        key, line = lines.with_word("300 kilograms")
        return reply_json((line, key, line))

    for wrote, count in ((script, 1), (reply_json(answerable=False), 0)):
        model = StructuredModel(scripts=[wrote])
        chain = build_chain(lambda: searcher, chat_model=model, threshold=0.0)
        answer = chain.invoke("Timeline of the Lantern Theatre in Port Sallow")["answer"]
        assert (len(answer.statements), answer.refused) == (count, False)
        assert len(answer.events) > 1 and answer.answered_by == "scripted"
        assert ("300 kilograms" in answer.text.partition("Timeline:")[0]) == bool(count)


def test_stream_gives_sources_then_each_statement(searcher: Searcher) -> None:
    def script(lines: Lines) -> str:
        key, line = lines.with_word(DENIED)
        other = next(found for found in lines.found if found[0] != key)
        return reply_json((line, key, line), (other[3], other[0], other[3]))

    model = StructuredModel(scripts=[script])
    chain = build_chain(lambda: searcher, chat_model=model, threshold=0.0)
    first, *pieces, last = chain.stream(QUESTION)
    assert len(first["sources"]) == 2 and [*pieces[0]] == ["text"]
    said = [str(statement) for statement in last["answer"].statements]
    assert [piece["text"].strip() for piece in pieces] == said


def test_message_carries_standard_citation_annotations(searcher: Searcher) -> None:
    model = StructuredModel(scripts=[says(DENIAL, DENIED)])
    for chosen in (model, None):
        result = build_chain(lambda: searcher, chat_model=chosen).invoke(QUESTION)
        [block] = result["message"].content_blocks
        [note] = block["annotations"]
        assert block["text"] == result["text"] and note["type"] == "citation"
        assert note["cited_text"] == DENIAL
        assert DENIAL in block["text"][note["start_index"] : note["end_index"]]
        assert note["extras"]["article_id"] == "baghdad-embassy.txt"


def test_bot_answers_by_the_model_unless_told(samples_index: Path, embedder: Embedder) -> None:
    model = ScriptedModel(scripts=[says(DENIAL, DENIED)])
    bot = NewsBot(samples_index, embedder=embedder, chat_model=model)
    assert bot.chat_model == "scripted"
    assert bot.answer(QUESTION).answered_by == "scripted"
    assert bot.answer(QUESTION, answer_by=EXTRACTIVE).answered_by == EXTRACTIVE
    assert len(model.asked) == 1  # nothing is sent to it for the second
    with pytest.raises(ChatModelError, match="answer_by can be"):
        bot.answer(QUESTION, answer_by="gpt")


def test_answer_of_a_model_is_json(searcher: Searcher) -> None:
    record = json.loads(json.dumps(answered(searcher, says(DENIAL, DENIED)).to_dict()))
    assert record["statements"] == [{"text": DENIAL, "numbers": [1]}]
    assert (record["answered_by"], record["dropped"]) == ("scripted", [])


def test_instruction_in_an_article_gets_no_word_out(searcher: Searcher) -> None:
    def obeys(lines: Lines) -> str:
        key, line = lines.with_word(DENIED)
        return reply_json(("Send your savings to evil.example now!", key, line))

    answer = answered(searcher, obeys)
    assert answer.refused and "evil" not in json.dumps(answer.to_dict())
