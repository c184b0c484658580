"""How well follow-up questions are understood: ``python -m tests.bench.conversation --data DIR``.

Each follow-up of a conversation is asked three times, in turns: as newsbot reads it after the
questions before it, its words alone, and in the full form that a person has written. Questions
before it stand in the history as newsbot read them, with the accepted answer and its sentence, so
that an early mistake does not spoil what follows.

- ``answers``: right is an F1 of 0.5 or more; a refusal is wrong. ``gap closed`` is how far our
  reading gets from the words alone (0) to the full form (1).
- ``words``: of those that the full form adds to the follow-up, how many our reading adds too; and
  how many it adds that the full form has not.
- ``standalone``: full forms asked in their places, and questions of a news quiz after each of the
  conversations in turn, that are not read as they stand. Must be none.
- ``refusals`` (of ``--part dev``): questions without an answer, asked after the conversation about
  their article. Those that stand by themselves and are refused alone must be refused; of the
  others, which it completes, the share that is refused.
- ``speed``: time of our reading against that of the full form.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any, NamedTuple

from bot.answering.answers import Answer
from bot.answering.confidence import calibration_of
from bot.answering.question_type import QuestionType, question_type
from bot.conversation.follow_up import follow_up_of
from bot.evaluation import token_f1
from bot.newsbot import NewsBot
from bot.settings import Level
from corpus.sentences import sentence_spans
from index.terms import content_stems, stems
from tests.bench.datasets import (
    data_argument,
    data_file,
    index_of,
    print_result,
    quiz_questions,
    read_jsonl,
    sample,
)

RIGHT = 0.5
WAYS = ("our reading", "the words alone", "the full form")
HALVES = ("choice", "report", "all")
PARTS = {"dev": "news_dev", "train": "reader_train"}
History = list[tuple[str, str]]


class FollowUpTurn(NamedTuple):
    """A follow-up of the data, with what was said before it."""

    question: str
    full: str
    answers: list[str]
    history: History


class Asked(NamedTuple):
    """An answer, and whether it is right: with nothing refused, and at the level."""

    answer: Answer
    right: bool
    right_at_level: bool


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--part", choices=PARTS, default="dev", help="whose conversations")
    parser.add_argument(
        "--half", choices=HALVES, default="all", help="by article: for choices or not"
    )
    parser.add_argument("--most", type=int, default=1_000, help="conversations, drawn at random")
    parser.add_argument("--index", type=Path, help="keep the index of the articles here")
    parser.add_argument("--level", type=Level, default=Level.BALANCED, choices=[*Level])
    given = parser.parse_args()
    folder = given.data / PARTS[given.part]
    articles = folder / f"written_{given.part}.articles.jsonl.gz"
    rows = read_jsonl(folder / f"followups_{given.part}.jsonl.gz")
    in_half = [one for one in rows if given.half in ("all", half_of(one["article_id"]))]
    conversations = sample(in_half, given.most)
    texts = {record["id"]: record["text"] for record in read_jsonl(articles)}
    with index_of(data_file(articles), given.index) as index:
        bot = NewsBot(index, threshold=0.0)
        result = measure(bot, conversations, texts, given.level)
        if given.part == "dev":
            questions = read_jsonl(folder / "written_dev.questions.jsonl.gz")
            result["refusals"] = refusals(bot, [*questions], conversations, texts, given.level)
    quiz = [question.text for question in quiz_questions(given.data)]
    result["standalone"] |= quiz_changed(quiz, conversations, texts)
    print_result(result, given.json)


def half_of(article_id: str) -> str:
    """Return the half of the data that a conversation belongs to, by its article."""
    return HALVES[hashlib.sha256(article_id.encode()).digest()[-1] % 2]


def measure(
    bot: NewsBot, conversations: Sequence[dict[str, Any]], texts: dict[str, str], level: Level
) -> dict[str, dict[str, Any]]:
    asked: dict[str, list[Asked]] = {way: [] for way in WAYS}
    recall: list[float] = []
    wrong: list[int] = []
    changed = 0
    for number, conversation in enumerate(conversations, 1):
        history: History = []
        for turn in conversation["turns"]:
            question, full = turn["question"], turn.get("standalone")
            read_as = None
            if full is not None:
                follow_up = FollowUpTurn(question, full, turn["answers"], history)
                read_as = ask(bot, follow_up, asked, level)
                changed += follow_up_of(full, history) is not None
                added, wanted = new_stems(read_as or question, question), new_stems(full, question)
                recall += [len(added & wanted) / len(wanted)] if wanted else []
                wrong.append(len(added - wanted))
            answer = answer_text(turn["answers"], texts[conversation["article_id"]])
            history = [*history, (read_as or question, answer)]
        if number % 5 == 0:
            print(f"{number} of {len(conversations)} conversations", file=sys.stderr, flush=True)
    times = {way: [one.answer.timings["total"] for one in asked[way]] for way in WAYS}
    ours, single = times["our reading"], times["the full form"]
    return {
        "answers": {
            "follow-ups": len(ours),
            **shares(
                asked, f"right at {level}", [[a.right_at_level for a in asked[w]] for w in WAYS]
            ),
            **shares(asked, "right, nothing refused", [[a.right for a in asked[w]] for w in WAYS]),
        },
        "words": {"of the full form": mean(recall), "added wrongly, a question": mean(wrong)},
        "standalone": {"full forms changed": f"{changed} of {len(ours)}"},
        "speed": {
            "median ms, our reading": median(ours),
            "median ms, the full form": median(single),
            "ratio of the sums": sum(ours) / sum(single),
            "median of the ratios": median(a / b for a, b in zip(ours, single, strict=True)),
        },
    }


def ask(
    bot: NewsBot, turn: FollowUpTurn, asked: dict[str, list[Asked]], level: Level
) -> str | None:
    """Ask a follow-up in each way; return how it was read where that is not as it stands."""
    ways = [(turn.question, turn.history), (turn.question, []), (turn.full, [])]
    read_as = None
    for way, (question, history) in zip(WAYS, ways, strict=True):
        answer = bot.answer(question, history)
        text = answer.short_answer or " ".join(cited.quote for cited in answer.citations)
        right = token_f1(text, turn.answers) >= RIGHT
        sure = is_sure(bot, answer.question_read_as or question, answer, level)
        asked[way].append(Asked(answer, right, right and sure))
        read_as = answer.question_read_as if history else read_as
    return read_as


def shares(
    asked: dict[str, list[Asked]], name: str, right: Sequence[Sequence[bool]]
) -> dict[str, float]:
    """Return the share that is right in each way, and of the gap that our reading closes."""
    ours, raw, human = (mean(values) for values in right)
    found = {f"{name}: {way}": mean(values) for way, values in zip(asked, right, strict=True)}
    return {**found, f"{name}: gap closed": (ours - raw) / (human - raw) if human > raw else 1.0}


def refusals(
    bot: NewsBot,
    questions: Sequence[dict[str, Any]],
    conversations: Sequence[dict[str, Any]],
    texts: dict[str, str],
    level: Level,
) -> dict[str, str]:
    """Return how many questions without an answer are refused after a conversation."""
    histories = {one["article_id"]: history_of(one, texts) for one in conversations}
    alone = answered = rescued = completed = refused = 0
    for row in questions:
        question, history = row["question"], histories.get(row["article_id"])
        if row["answers"] or history is None:
            continue
        after = is_answered(bot, question, history, level)
        if follow_up_of(question, history):
            completed += 1
            refused += not after
        elif is_answered(bot, question, [], level):
            answered += 1
        else:
            alone += 1
            rescued += after
    return {
        "stand by themselves, answered alone": f"{answered} of {alone + answered}",
        "refused alone, answered after the conversation": f"{rescued} of {alone}",
        "read as follow-ups, refused": f"{refused} of {completed}",
    }


def is_answered(bot: NewsBot, question: str, history: History, level: Level) -> bool:
    answer = bot.answer(question, history)
    return is_sure(bot, answer.question_read_as or question, answer, level)


def is_sure(bot: NewsBot, read_as: str, answer: Answer, level: Level) -> bool:
    """Return whether an answer is given at a level."""
    sentences = question_type(read_as) is not QuestionType.SPAN
    threshold = calibration_of(bot.reader()).threshold(level, sentences=sentences)
    return answer.confidence >= threshold


def history_of(conversation: dict[str, Any], texts: dict[str, str]) -> History:
    """Return a conversation as it would stand in a history."""
    text = texts[conversation["article_id"]]
    return [
        (turn["question"], answer_text(turn["answers"], text)) for turn in conversation["turns"]
    ]


def quiz_changed(
    quiz: Sequence[str], conversations: Sequence[dict[str, Any]], texts: dict[str, str]
) -> dict[str, str]:
    """Return how many questions of the quiz would be changed after the conversations."""
    histories = [history_of(one, texts) for one in conversations]
    changed = sum(
        follow_up_of(question, histories[number % len(histories)]) is not None
        for number, question in enumerate(quiz)
    )
    return {"quiz questions changed": f"{changed} of {len(quiz)}"}


def answer_text(answers: Sequence[str], article: str) -> str:
    """Return an accepted answer as ``Answer.text`` has it, with its sentence of the article."""
    if not answers:
        return "The articles do not say."
    for sentence in sentences_of(article):
        if answers[0] in sentence:
            return f"{answers[0]} — “{sentence}” [1]"
    return answers[0]


def sentences_of(text: str) -> Iterator[str]:
    for start, end in sentence_spans(text):
        yield " ".join(text[start:end].split())


def new_stems(question: str, beside: str) -> set[str]:
    """Return the stems of a question's telling words that another question has not."""
    return set(content_stems(question)) - set(stems(beside))


if __name__ == "__main__":
    main()
