"""Measures against values worked out by hand, and files of questions good and bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL, Answer, Citation
from bot.errors import QuestionsUnreadable
from bot.evaluation import (
    Estimate,
    Outcome,
    Question,
    ask_all,
    estimates,
    exact_match,
    read_questions,
    token_f1,
)
from bot.newsbot import NewsBot
from corpus.sentences import sentence_spans
from tests.fakes.invented import BRIDGE, FERRY, HARBOUR, PreparedBot, hit_of, passage_of


@pytest.mark.parametrize(
    ("said", "accepted", "expected"),
    [
        ("the Mayor of Halm.", ["A mayor of Halm"], 1.0),
        ("Ina Roos", ["the captain", "ina  roos"], 1.0),
        ("Ina", ["Ina Roos"], 0.0),
        ("", ["Ina"], 0.0),
        ("the", ["a"], 1.0),
        ("Ina", [], 0.0),
    ],
)
def test_exact_match_ignores_case_articles_and_punctuation(
    said: str, accepted: list[str], expected: float
) -> None:
    assert exact_match(said, accepted) == expected


@pytest.mark.parametrize(
    ("said", "accepted", "expected"),
    [
        ("Captain Ina Roos", ["Ina Roos"], 0.8),  # 2 in common, of 3 and of 2: 4 / 5
        ("the captain", ["Ina Roos", "a Captain of the ferry"], 0.5),  # 1 of 1 and of 3: 2 / 4
        ("no no no", ["no"], 0.5),  # a word counts as often as both have it: 2 / 4
        ("Ina Roos", ["roos, ina"], 1.0),
        ("fog", ["Ina Roos"], 0.0),
        ("the", ["fog"], 0.0),
        ("the", ["an"], 1.0),
        ("fog", [], 0.0),
    ],
)
def test_f1_is_the_best_overlap_of_words(said: str, accepted: list[str], expected: float) -> None:
    assert token_f1(said, accepted) == pytest.approx(expected)


@given(st.text("ab the.", max_size=20), st.text("ab the.", max_size=20))
def test_f1_is_symmetric_and_1_for_exact_matches(one: str, other: str) -> None:
    assert token_f1(one, [other]) == token_f1(other, [one])
    assert 0 <= token_f1(one, [other]) <= 1
    assert token_f1(one, [other]) >= exact_match(one, [other])
    assert token_f1(one, [one]) == 1


def written(folder: Path, *lines: object, mark: bool = False) -> Path:
    file = folder / "questions.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8-sig" if mark else "utf-8")
    return file


GOOD = {"question": "Who?", "answers": ["Ina Roos", "the captain"], "article_id": "ferry"}


@pytest.mark.parametrize("mark", [False, True])
def test_questions_are_read_line_by_line(tmp_path: Path, mark: bool) -> None:
    file = written(
        tmp_path,
        GOOD,
        "",
        {"question": "Where?", "answers": [{"text": "Häfen", "start": 7}, "quay"], "note": 1},
        "  \t",
        '{"question": "Neither?", "answers": [], "article_id": null}',
        mark=mark,
    )
    assert read_questions(file) == [
        Question("Who?", ("Ina Roos", "the captain"), "ferry"),
        Question("Where?", ("Häfen", "quay")),
        Question("Neither?", ()),
    ]


def test_questions_with_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes(b"\r\n".join([json.dumps(GOOD).encode()] * 2))
    assert [question.text for question in read_questions(file)] == ["Who?", "Who?"]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "Expecting property name"),
        ('{"question": "Who?", "answers": []} x', "Extra data"),
        ("[" * 50_000, ""),
        ("7", "not an object"),
        ('["Who?"]', "not an object"),
        ('{"answers": []}', "no question"),
        ('{"question": " ", "answers": []}', "no question"),
        ('{"question": 5, "answers": []}', "no question"),
        ('{"question": "Who?"}', "answers is not a list"),
        ('{"question": "Who?", "answers": "me"}', "answers is not a list"),
        ('{"question": "Who?", "answers": [1]}', "an answer is neither"),
        ('{"question": "Who?", "answers": ["me", null]}', "an answer is neither"),
        ('{"question": "Who?", "answers": [" "]}', "an answer is neither"),
        ('{"question": "Who?", "answers": [{"start": 3}]}', "an answer is neither"),
        ('{"question": "Who?", "answers": [], "article_id": 3}', "article_id is not a string"),
        (" " * 100_001, "longer than 100000 characters"),
    ],
)
def test_invalid_line_is_named_with_its_number(tmp_path: Path, line: str, cause: str) -> None:
    file = written(tmp_path, GOOD, "", line, GOOD)
    with pytest.raises(QuestionsUnreadable) as caught:
        read_questions(file)
    told = str(caught.value)
    assert told.startswith(f"{file}, line 3: ") and cause in told
    assert len(told) > len(f"{file}, line 3: ")
    assert "\n" not in told and len(told) < len(str(file)) + 200


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (None, "No such file"),
        (b"", "no questions"),
        (b"\n \n", "no questions"),
        (
            json.dumps(GOOD).encode() + b'\n{"question": "Wo in K\xf6ln?"}\n',
            "line 2: .*can't decode",
        ),
    ],
)
def test_file_without_questions_is_named(tmp_path: Path, content: bytes | None, cause: str) -> None:
    file = tmp_path / "q.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(QuestionsUnreadable, match=cause) as caught:
        read_questions(file)
    assert str(file) in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(QuestionsUnreadable, match="directory"):
        read_questions(tmp_path)


def outcome(milliseconds: float = 10.0, **measures: float | None) -> Outcome:
    return Outcome(measures, milliseconds)


def test_mean_is_of_the_questions_with_the_measure() -> None:
    found = estimates([outcome(f1=1.0), outcome(f1=0.5), outcome(f1=None), outcome()])
    assert (found["f1"].mean, found["f1"].count) == (0.75, 2)
    assert (found["median_ms"].mean, found["median_ms"].count) == (10.0, 4)


def test_measure_of_no_question_is_left_out() -> None:
    found = estimates([outcome(f1=None, refusal_recall=1.0)])
    assert set(found) == {"refusal_recall", "median_ms", "p95_ms"}
    assert estimates([]) == {}


def test_times_have_a_median_and_a_95th_percentile() -> None:
    outcomes = [outcome(float(ms), f1=ms / 100) for ms in range(101)]
    found = estimates(outcomes)
    assert (found["median_ms"].mean, found["p95_ms"].mean) == (50.0, 95.0)
    assert found == estimates(outcomes), "deterministic"


def test_interval_is_narrower_with_more_questions() -> None:
    assert estimates([outcome(f1=0.5)] * 7)["f1"] == Estimate(0.5, 0.5, 0.5, 7)
    few, many = (
        estimates([outcome(f1=float(at % 2)) for at in range(count)])["f1"] for count in (10, 1000)
    )
    assert many.high - many.low < few.high - few.low
    # 1.96 standard errors of a coin thrown a thousand times
    assert many.high - 0.5 == pytest.approx(1.96 * 0.5 / 1000**0.5, rel=0.2)


@settings(max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_interval_holds_the_mean_and_stays_among_the_values(values: list[float]) -> None:
    found = estimates([outcome(f1=value) for value in values])["f1"]
    assert min(values) - 1e-9 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= max(values) + 1e-9
    assert found.mean == pytest.approx(sum(values) / len(values))


def cited(*sentences: int) -> tuple[Citation, ...]:
    """Return citations of sentences of the invented article FERRY."""
    places = [sentence_spans(FERRY.text)[number] for number in sentences]
    return tuple(
        Citation(number, "ferry", "Ferry", None, None, None, FERRY.text[a:b], a, b)
        for number, (a, b) in enumerate(places, 1)
    )


def reply(short: str | None, *sentences: int, ms: float = 10.0) -> Answer:
    return Answer("", short, False, 0.9, cited(*sentences), timings={"total": ms})


def refusal() -> Answer:
    return Answer(REFUSAL, None, True, 0.1, (), timings={"total": 10.0})


def measured(bot: PreparedBot, *questions: Question) -> list[dict[str, Any]]:
    return [dict(one.measures) for one in ask_all(cast(NewsBot, bot), questions)]


ROOS = Question("Who denied it?", ("Ina Roos",))
HITS = [hit_of(passage_of(BRIDGE)), hit_of(passage_of(HARBOUR)), hit_of(passage_of(FERRY))]


def test_answer_is_measured_by_words_sentences_and_hits() -> None:
    bot = PreparedBot({ROOS.text: reply("Captain Ina Roos", 2, 0)}, HITS)
    (found,) = measured(bot, ROOS)
    assert found == {
        "exact_match": 0.0,
        "f1": pytest.approx(0.8),
        "recall@1": 0.0,
        "recall@5": 1.0,
        "recall@20": 1.0,
        "citation_precision": 0.5,
        "refusal_precision": None,
        "refusal_recall": None,
    }
    assert bot.searched == [(ROOS.text, 20)]


def test_recall_counts_only_passages_of_a_named_article() -> None:
    hits = [HITS[1]] * 5 + [HITS[2]]
    bot = PreparedBot({ROOS.text: reply("Ina Roos", 2)}, hits)
    anywhere, named = measured(bot, ROOS, Question(ROOS.text, ROOS.answers, "ferry"))
    assert [anywhere[f"recall@{k}"] for k in (1, 5, 20)] == [1.0, 1.0, 1.0]
    assert [named[f"recall@{k}"] for k in (1, 5, 20)] == [0.0, 0.0, 1.0]
    (absent,) = measured(bot, Question(ROOS.text, ROOS.answers, "bridge"))
    assert absent["recall@20"] == 0.0


def test_sentence_holds_an_answer_only_in_whole_words() -> None:
    oos = Question("Who denied it?", ("oos denied",))
    bot = PreparedBot({oos.text: reply("Ina Roos", 2)}, HITS)
    (found,) = measured(bot, oos)
    assert (found["citation_precision"], found["recall@20"]) == (0.0, 0.0)


def test_quotes_are_compared_where_there_is_no_short_answer() -> None:
    why = Question("Why?", ("Nobody was hurt",))
    (found,) = measured(PreparedBot({why.text: reply(None, 3)}, HITS), why)
    assert (found["exact_match"], found["f1"]) == (1.0, 1.0)


def test_refusal_counts_0_where_there_is_an_answer_else_1() -> None:
    none = Question("Who won?", ())
    bot = PreparedBot({ROOS.text: refusal(), none.text: refusal()}, HITS)
    wrong, right = measured(bot, ROOS, none)
    assert (wrong["exact_match"], wrong["f1"], wrong["recall@20"]) == (0.0, 0.0, 1.0)
    assert (wrong["refusal_precision"], wrong["refusal_recall"]) == (0.0, None)
    assert wrong["citation_precision"] is None
    assert right == {"refusal_precision": 1.0, "refusal_recall": 1.0}
    assert bot.searched == [(ROOS.text, 20)], "what has no answer is not searched for"


def test_refusals_have_precision_and_recall() -> None:
    # Of five questions two have no answer; three are refused, one of those two among them.
    names = ("a", "b", "c", "d", "e")
    questions = [Question(name, () if name in "de" else ("Ina Roos",)) for name in names]
    answers = {name: refusal() if name in "abd" else reply("fog", 2) for name in names}
    found = estimates(ask_all(cast(NewsBot, PreparedBot(answers, HITS)), questions))
    assert found["refusal_precision"].mean == pytest.approx(1 / 3)
    assert found["refusal_precision"].count == 3
    assert (found["refusal_recall"].mean, found["refusal_recall"].count) == (0.5, 2)
    assert (found["f1"].mean, found["f1"].count) == (0.0, 3)


def test_progress_and_time_of_each_question_are_kept() -> None:
    done: list[int] = []
    bot = PreparedBot({ROOS.text: reply("Ina Roos", 2, ms=12.5)}, HITS)
    outcomes = ask_all(cast(NewsBot, bot), [ROOS, ROOS], done.append)
    assert done == [1, 2]
    assert [one.milliseconds for one in outcomes] == [12.5, 12.5]
