"""Plain text."""

from __future__ import annotations

import pytest

from corpus.errors import UnreadableArticle
from tests.corpus.formats.conftest import ReadOne


def test_first_line_before_a_blank_one_is_the_title(read_one: ReadOne) -> None:
    draft = read_one("\r\nFlood in Aldmoor\r\n \r\nThe river rose.\r\nIt fell.\r\n", "a.txt")
    assert (draft.title, draft.text) == ("Flood in Aldmoor", "The river rose.\nIt fell.")


def test_without_a_blank_line_the_title_is_made_of_the_name(read_one: ReadOne) -> None:
    draft = read_one("The river rose.\nIt fell.\n\nNobody was hurt.", "flood-in_aldmoor.txt")
    assert draft.title == "Flood in aldmoor"
    assert draft.text == "The river rose.\nIt fell.\n\nNobody was hurt."


def test_a_lone_line_and_a_long_first_paragraph_stay_text(read_one: ReadOne) -> None:
    assert read_one("The river rose.\n\n", "a.txt").text == "The river rose."
    paragraph = "The river rose. " * 30
    assert read_one(f"{paragraph}\n\nIt fell.", "a.txt").text.startswith(paragraph)
    sentence = "The river rose by two metres on Tuesday night, the mayor said in a statement."
    assert read_one(f"{sentence}\n\nIt fell.", "a.txt").text.startswith(sentence)


def test_words_broken_at_line_ends_are_joined(read_one: ReadOne) -> None:
    draft = read_one(
        "The harbour master of Aldmoor said that the break-\n"
        "water, which was built for a 40-year-\nold plan and paid by Bo, had held. The self-\n"
        "styled captain of the long-term crew, a pre-\nand post-war man of Aldmoor, saw the long-\n"
        "term damage. He said so-\nand left.\n\nEnd of it.\n",
        "a.txt",
    )
    assert draft.text == (
        "The harbour master of Aldmoor said that the breakwater,\n"
        "which was built for a 40-year-old\nplan and paid by Bo, had held. The self-styled\n"
        "captain of the long-term crew, a pre-\nand post-war man of Aldmoor, saw the long-term\n"
        "damage. He said so-\nand left.\n\nEnd of it."
    )


def test_a_pdf_called_txt_is_refused(read_one: ReadOne) -> None:
    with pytest.raises(UnreadableArticle, match="PDF"):
        read_one(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a.txt")
