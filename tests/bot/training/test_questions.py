"""Files of questions: both kinds, what is wrong with them, and what is kept out of training."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ReaderError
from bot.training.questions import (
    TrainingQuestion,
    asks_for_part,
    is_held_out,
    load_articles,
    load_questions,
    source_shares,
)
from bot.training.recipe import MIXTURE
from tests.fakes.tiny_reader import one_line, squad_row, town_rows, write_lines

CONTEXT = "The ferry to Corran was late. Nobody in Corran was hurt."
ASKED = squad_row("Where did the ferry go?", CONTEXT, "Corran", title="Old_Ferry")


def squad(*rows: dict[str, Any]) -> str:
    """Make SQuAD's JSON of rows that share a title and a context."""
    asked = [{"question": row["question"], "answers": row["answers"]} for row in rows]
    paragraphs = [{"context": rows[0]["context"], "qas": asked}]
    return json.dumps({"data": [{"title": rows[0]["title"], "paragraphs": paragraphs}]})


EXPECTED = TrainingQuestion(
    "Where did the ferry go?", "Old Ferry", "Old_Ferry", (0,), CONTEXT, ((13, "Corran"),), "a"
)


def test_all_kinds_of_file_give_the_same_questions(tmp_path: Path) -> None:
    unanswered = squad_row("Who was late?", CONTEXT, title="Old_Ferry")
    (tmp_path / "a.json").write_text(squad(ASKED, unanswered))
    write_lines(tmp_path / "a.jsonl", [ASKED, unanswered])
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write(json.dumps(ASKED) + "\n\n" + json.dumps(unanswered))
    for name in ("a.json", "a.jsonl", "a.jsonl.gz"):
        first, second = load_questions([tmp_path / name])
        assert first == EXPECTED
        assert (second.text, second.answers) == ("Who was late?", ())


def test_folder_has_the_files_that_its_mixture_names(tmp_path: Path) -> None:
    write_lines(tmp_path / "b.jsonl", town_rows(2))
    (tmp_path / "a.json").write_text(squad(ASKED))
    write_lines(tmp_path / "other.jsonl", [{"text": "no question"}])
    (tmp_path / "mixture.json").write_text('{"a": 0.25, "b": 0.75}')
    assert source_shares(tmp_path) == {"a": 0.25, "b": 0.75}
    found = load_questions([tmp_path, tmp_path / "b.jsonl"])
    assert found[0] == EXPECTED
    assert len(found) == len(set(found)) == 7
    (tmp_path / "mixture.json").write_text('{"c": 1}')
    with pytest.raises(ReaderError, match="no c.jsonl.gz there; mixture.json names"):
        load_questions([tmp_path])
    (tmp_path / "mixture.json").write_text("[1]")
    with pytest.raises(ReaderError, match="mixture.json: no shares"):
        load_questions([tmp_path])
    (tmp_path / "mixture.json").unlink()
    assert source_shares(tmp_path) == MIXTURE


def test_question_that_comes_twice_is_taken_with_its_answer(tmp_path: Path) -> None:
    unanswered = {**ASKED, "answers": []}
    respaced = {**unanswered, "question": "WHERE did the ferry go?", "context": CONTEXT + " "}
    for rows in ([unanswered, ASKED], [ASKED, unanswered], [respaced, ASKED, respaced]):
        assert load_questions([write_lines(tmp_path / "a.jsonl", rows)]) == [EXPECTED]


def test_articles_are_contexts_without_questions(tmp_path: Path) -> None:
    rows = [{"title": "Ferry", "text": CONTEXT, "date": "2024-05-31"}, {"title": "", "text": "x"}]
    file = write_lines(tmp_path / "a.articles.jsonl", [*rows, rows[0]])
    first, second = load_articles([file])
    assert (first.text, first.context, first.published) == ("", CONTEXT, date(2024, 5, 31))
    assert second.published is None and not second.answers
    write_lines(file, [{"title": "Ferry"}])
    with pytest.raises(ReaderError, match=r"a\.articles\.jsonl: its articles cannot be read"):
        load_articles([file])


def test_answers_of_function_words_alone_are_dropped(tmp_path: Path) -> None:
    rows = [
        squad_row("What was the ferry?", CONTEXT, "in", "late"),
        squad_row("Who?", CONTEXT, "to", "was"),
    ]
    (question,) = load_questions([write_lines(tmp_path / "a.jsonl", rows)])
    assert question.answers == ((CONTEXT.index("late"), "late"),)


def test_qamr_title_is_a_document_and_a_place_in_it(tmp_path: Path) -> None:
    row = {**ASKED, "title": "Wiki1k:wikinews:123:4:0"}
    (question,) = load_questions([write_lines(tmp_path / "a.jsonl", [row])])
    assert question.title == ""
    assert question.document == "Wiki1k:wikinews:123"
    assert question.place == (4, 0)


@pytest.mark.parametrize(
    ("asked", "answer", "kept"),
    [
        ("Who opened the hall?", "Ada Brenn", True),
        ("Who opened the town hall?", "Mayor Ada Brenn", True),
        ("What is Brenn's first name?", "Ada", True),
        ("Who is Brenn?", "Ada", False),
        ("Who is Mayor Ada?", "Brenn", False),
        ("What kind of hall was opened?", "town", False),
        ("What kind of hall was opened?", "the town hall", True),
        ("What hall?", "town", False),
        ("Which hall opened?", "town", True),
        ("Who opened it, the mayor?", "Ada", False),
    ],
)
def test_qamr_question_for_part_of_a_phrase_is_told_apart(
    tmp_path: Path, asked: str, answer: str, kept: bool
) -> None:
    context = "On Monday Mayor Ada Brenn opened the town hall in Corran."
    row = squad_row(asked, context, answer)
    rows = [{**row, "title": "Wiki1k:wikinews:123:4:0"}, {**row, "title": "Corran"}]
    found = [load_questions([write_lines(tmp_path / "a.jsonl", [row])])[0] for row in rows]
    assert [asks_for_part(question) for question in found] == [not kept, False]


def test_context_without_a_title_is_a_document_by_itself(tmp_path: Path) -> None:
    rows = [{**ASKED, "title": title} for title in ("", None)]
    (question,) = load_questions([write_lines(tmp_path / "a.jsonl", rows)])
    assert (question.title, question.document) == ("", CONTEXT)


BROKEN = {
    "not JSON": "{",
    "not a record": "[1]",
    "a bare string": '"x"',
    "no context": json.dumps({"question": "x", "answers": []}),
    "no answers": json.dumps({"question": "x", "context": "y"}),
    "answers that are none": json.dumps({**ASKED, "answers": ["Corran"]}),
    "no place": json.dumps({**ASKED, "answers": [{"text": "Corran"}]}),
    "another place": json.dumps({**ASKED, "answers": [{"text": "Corran", "answer_start": 12}]}),
    "a place before the text": json.dumps(
        {**ASKED, "answers": [{"text": "hurt", "answer_start": -5}]}
    ),
    "a place of QAMR that is no number": json.dumps({**ASKED, "title": "Wiki1k:a:b:c"}),
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN.keys())
def test_line_that_does_not_fit_is_named_by_file_and_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(ASKED) + "\n" + line + "\n")
    with pytest.raises(ReaderError) as caught:
        load_questions([file])
    assert f"{file}: question 2" in one_line(caught.value)


DAMAGED = {
    "a.json": (b"", b"[]", b"{}", b'{"data": [{}]}', b'{"data": 3}'),
    "a.jsonl": (b'{"title": "\xff"}',),
    "a.jsonl.gz": (b"plain", gzip.compress(b"{}" * 99)[:-9], b"\x1f\x8b\x08"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    noise = bytearray(gzip.compress(json.dumps(ASKED).encode()))
    noise[20:60] = b"\xff" * 40
    for content in (*DAMAGED[name], *([bytes(noise)] if name.endswith(".gz") else [])):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ReaderError) as caught:
            load_questions([tmp_path / name])
        assert str(tmp_path / name) in one_line(caught.value)


def test_missing_and_unknown_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "empty.jsonl").write_text("")
    told = {"none.json": "no such file", "a.txt": ".jsonl.gz", "empty.jsonl": "no questions"}
    for name, cause in told.items():
        with pytest.raises(ReaderError) as caught:
            load_questions([tmp_path / name])
        assert str(tmp_path / name) in one_line(caught.value) and cause in str(caught.value)


def test_questions_of_a_document_are_held_out_together(tmp_path: Path) -> None:
    found = load_questions([write_lines(tmp_path / "a.jsonl", town_rows(200))])
    held = {question.document for question in found if is_held_out(question)}
    trained = {question.document for question in found if not is_held_out(question)}
    assert not held & trained
    assert len(held | trained) == 200
    assert 5 <= len(held) <= 35  # about one in twelve
