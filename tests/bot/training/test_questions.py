"""Files of questions: both kinds, what is wrong with them, and what is kept out of training."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ReaderError
from bot.training.questions import TrainingQuestion, asks_for_part, is_held_out, load_questions
from tests.fakes.tiny_reader import one_line, squad_row, town_rows, write_lines

CONTEXT = "The ferry to Corran was late. Nobody in Corran was hurt."
ASKED = squad_row("Where did the ferry go?", CONTEXT, "Corran", title="Old_Ferry")


def squad(*rows: dict[str, Any]) -> str:
    """Make SQuAD's JSON of rows that share a title and a context."""
    asked = [{"question": row["question"], "answers": row["answers"]} for row in rows]
    paragraphs = [{"context": rows[0]["context"], "qas": asked}]
    return json.dumps({"data": [{"title": rows[0]["title"], "paragraphs": paragraphs}]})


EXPECTED = TrainingQuestion(
    "Where did the ferry go?", "Old Ferry", "Old_Ferry", (0,), CONTEXT, ((13, "Corran"),)
)


def test_both_kinds_of_file_give_the_same_questions(tmp_path: Path) -> None:
    unanswered = squad_row("Who was late?", CONTEXT, title="Old_Ferry")
    (tmp_path / "a.json").write_text(squad(ASKED, unanswered))
    write_lines(tmp_path / "a.jsonl", [ASKED, unanswered])
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write(json.dumps(ASKED) + "\n\n" + json.dumps(unanswered))
    for name in ("a.json", "a.jsonl", "a.jsonl.gz"):
        first, second = load_questions([tmp_path / name])
        assert first == EXPECTED
        assert (second.text, second.answers) == ("Who was late?", ())


def test_a_folder_gives_its_files_and_a_question_that_comes_twice_is_taken_once(
    tmp_path: Path,
) -> None:
    write_lines(tmp_path / "b.jsonl", town_rows(2))
    (tmp_path / "a.json").write_text(squad(ASKED))
    write_lines(tmp_path / "c.jsonl", [ASKED, *town_rows(2)])
    (tmp_path / "README.md").write_text("not questions")
    (tmp_path / "folder").mkdir()
    found = load_questions([tmp_path, tmp_path / "c.jsonl"])
    assert found[0] == EXPECTED
    assert len(found) == len(set(found)) == 7


def test_of_a_question_that_comes_twice_the_answered_one_is_taken(tmp_path: Path) -> None:
    unanswered = {**ASKED, "answers": []}
    for rows in ([unanswered, ASKED], [ASKED, unanswered]):
        assert load_questions([write_lines(tmp_path / "a.jsonl", rows)]) == [EXPECTED]


def test_answers_that_are_only_little_words_are_dropped(tmp_path: Path) -> None:
    rows = [
        squad_row("What was the ferry?", CONTEXT, "in", "late"),
        squad_row("Who?", CONTEXT, "to", "was"),
    ]
    (question,) = load_questions([write_lines(tmp_path / "a.jsonl", rows)])
    assert question.answers == ((CONTEXT.index("late"), "late"),)


def test_the_titles_of_qamr_are_a_document_and_a_place_in_it(tmp_path: Path) -> None:
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
def test_a_question_of_qamr_for_part_of_a_name_or_of_a_phrase_is_told_apart(
    tmp_path: Path, asked: str, answer: str, kept: bool
) -> None:
    context = "On Monday Mayor Ada Brenn opened the town hall in Corran."
    row = squad_row(asked, context, answer)
    rows = [{**row, "title": "Wiki1k:wikinews:123:4:0"}, {**row, "title": "Corran"}]
    found = [load_questions([write_lines(tmp_path / "a.jsonl", [row])])[0] for row in rows]
    assert [asks_for_part(question) for question in found] == [not kept, False]


def test_a_context_without_a_title_is_a_document_by_itself(tmp_path: Path) -> None:
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
def test_a_line_that_does_not_fit_is_named_by_file_and_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(ASKED) + "\n" + line + "\n")
    with pytest.raises(ReaderError) as caught:
        load_questions([file])
    assert f"{file}: question 2" in one_line(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"data": [{}]}', '{"data": 3}'])
def test_a_json_file_that_is_not_squad_s_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    with pytest.raises(ReaderError) as caught:
        load_questions([file])
    assert str(file) in one_line(caught.value)


@pytest.mark.parametrize("content", [b"plain", gzip.compress(b"{}" * 99)[:-9], b"\x1f\x8b\x08"])
def test_a_gz_file_that_is_none_or_is_cut_off_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(content)
    with pytest.raises(ReaderError) as caught:
        load_questions([file])
    assert str(file) in one_line(caught.value)


def test_a_gz_file_with_damage_in_it_is_named(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(json.dumps(ASKED).encode()))
    content[20:60] = b"\xff" * 40
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(content)
    with pytest.raises(ReaderError) as caught:
        load_questions([file])
    assert str(file) in one_line(caught.value)


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"title": "\xff"}')
    with pytest.raises(ReaderError) as caught:
        load_questions([file])
    assert str(file) in one_line(caught.value)


def test_missing_and_unknown_files_and_folders_without_questions_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "folder").mkdir()
    for name, told in (
        ("none.json", "no such file"),
        ("a.txt", ".jsonl.gz"),
        ("folder", "no questions"),
    ):
        with pytest.raises(ReaderError) as caught:
            load_questions([tmp_path / name])
        assert str(tmp_path / name) in one_line(caught.value)
        assert told in str(caught.value)


def test_the_questions_of_a_document_are_held_out_together_or_not_at_all(tmp_path: Path) -> None:
    found = load_questions([write_lines(tmp_path / "a.jsonl", town_rows(200))])
    held = {question.document for question in found if is_held_out(question)}
    trained = {question.document for question in found if not is_held_out(question)}
    assert not held & trained
    assert len(held | trained) == 200
    assert 5 <= len(held) <= 35  # about one in twelve
