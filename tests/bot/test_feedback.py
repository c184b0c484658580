"""What people said of answers: kept beside the index, and given out as questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import FeedbackFailure
from bot.evaluation import read_questions
from bot.feedback import FeedbackStore, feedback_file
from bot.newsbot import NewsBot
from tests.fakes.running import Capture, output_of

QUESTION = "Who denied the missile attack?"


@pytest.fixture(scope="module")
def bot(samples_index: Path) -> NewsBot:
    return NewsBot(samples_index)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def store(index: Path) -> FeedbackStore:
    return FeedbackStore(feedback_file(index))


def vote(store: FeedbackStore, bot: NewsBot, question: str, liked: bool, **more: bool) -> int:
    narrowed = more.get("narrowed", False)
    return store.add(question, bot.answer(question), liked, narrowed=narrowed, generation="1")


def exported(index: Path, capsys: Capture) -> tuple[list[dict[str, object]], str]:
    status, out, err = output_of(capsys, "feedback", "export", "--index", str(index))
    assert status == 0
    return [json.loads(line) for line in out.splitlines()], err


def test_store_without_votes_exports_nothing(
    store: FeedbackStore, index: Path, capsys: Capture
) -> None:
    assert list(store.all()) == []
    assert exported(index, capsys) == ([], "0 votes, 0 of use to newsbot eval\n")
    assert not feedback_file(index).exists()


def test_thumb_up_is_a_question_with_the_given_answer(
    store: FeedbackStore, bot: NewsBot, index: Path, capsys: Capture
) -> None:
    vote(store, bot, QUESTION, True)
    lines, err = exported(index, capsys)
    assert lines == [
        {"question": QUESTION, "answers": ["Kataib Hezbollah"], "article_id": "baghdad-embassy.txt"}
    ]
    assert err == "1 vote, 1 of use to newsbot eval\n"


def test_thumb_down_is_a_question_only_with_what_is_right(
    store: FeedbackStore, bot: NewsBot, index: Path, capsys: Capture
) -> None:
    number = vote(store, bot, QUESTION, False)
    assert exported(index, capsys)[0] == []
    store.explain(number, "wrong group", " The embassy ")
    assert exported(index, capsys)[0] == [
        {"question": QUESTION, "answers": ["The embassy"], "reason": "wrong group"}
    ]
    store.explain(number, unanswerable=True)
    assert exported(index, capsys)[0] == [{"question": QUESTION, "answers": []}]


def test_last_vote_on_a_question_counts_until_taken_back(
    store: FeedbackStore, bot: NewsBot, index: Path, capsys: Capture
) -> None:
    vote(store, bot, QUESTION, True)
    number = vote(store, bot, QUESTION, False)
    assert exported(index, capsys) == ([], "2 votes, 0 of use to newsbot eval\n")
    store.remove(number)
    assert len(exported(index, capsys)[0]) == 1


def test_vote_on_some_of_the_articles_is_no_question(store: FeedbackStore, bot: NewsBot) -> None:
    vote(store, bot, QUESTION, True, narrowed=True)
    (kept,) = store.all()
    assert kept.as_question() is None


def test_exported_votes_are_read_by_eval(
    store: FeedbackStore, bot: NewsBot, index: Path, tmp_path: Path, capsys: Capture
) -> None:
    vote(store, bot, QUESTION, True)
    vote(store, bot, "Why was the Lantern Theatre closed?", True)
    vote(store, bot, "What is the capital of France?", True)
    lines, _ = exported(index, capsys)
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    assert [len(question.answers) > 0 for question in read_questions(file)] == [True, True, False]


def test_file_that_is_no_database_is_named_in_one_line(
    store: FeedbackStore, bot: NewsBot, index: Path, capsys: Capture
) -> None:
    feedback_file(index).write_text("no database at all, and long enough to be looked at" * 99)
    with pytest.raises(FeedbackFailure, match="cannot be written"):
        vote(store, bot, QUESTION, True)
    status, out, err = output_of(capsys, "feedback", "export", "--index", str(index))
    assert (status, out) == (1, "")
    assert err.startswith("newsbot: ") and err.count("\n") == 1
