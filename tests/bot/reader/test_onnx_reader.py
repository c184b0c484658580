"""The reader on onnxruntime: what it finds, and what it refuses to load."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.errors import ReaderError
from bot.reader.onnx_reader import SECOND_FOLDER, OnnxReader
from bot.reader.registry import load_reader
from bot.reader.spans import LENGTH_COST
from tests.fakes.tiny_reader import TOWNS, one_line, passages_of, write_onnx_reader

TEXT = (
    "The ferry to Corran was late. 😀 Nobody in old Belwick said so!\n\n"
    "At Lorne, in the “new” hall, there was fire; the mayor of Kelby opened a school."
)


def test_tokens_of_the_highest_logits_are_the_answer(tmp_path: Path) -> None:
    reader = OnnxReader(
        write_onnx_reader(
            tmp_path, starts={"old": 4, "belwick": 3}, ends={"belwick": 4}, no_answer=1.5
        )
    )
    (passage,) = passages_of(TEXT, 100)
    span = reader.read("Where?", [passage])[0]
    assert (span.text, span.start, span.end) == ("old Belwick", 42, 53)
    assert TEXT[slice(*span.sentence)] == "😀 Nobody in old Belwick said so!"
    assert span.score == pytest.approx(8 - LENGTH_COST)
    assert (span.no_answer, span.margin) == (1.5, span.score - 1.5)


def test_passage_is_more_answerable_with_more_likely_spans(tmp_path: Path) -> None:
    one, two = (
        OnnxReader(write_onnx_reader(tmp_path / name, starts=ends, ends=ends, no_answer=1.5))
        for name, ends in (("one", {"corran": 4.0}), ("two", {"corran": 4.0, "lorne": 4.0}))
    )
    passages = passages_of("The ferry to Corran and Lorne was late.", 100)
    less, more = (reader.read("Where?", passages)[0] for reader in (one, two))
    assert less.answerable is not None and more.answerable is not None
    assert less.margin == pytest.approx(more.margin) == 6.5
    assert more.answerable > less.answerable + 1 > less.margin + 1


def test_spans_come_by_margin_whatever_the_passages_order(town_reader: Path) -> None:
    passages = [
        passage
        for number, town in enumerate(TOWNS)
        for passage in passages_of(f"{'Rain. ' * number}The ferry to {town} was late.", 100)
    ]
    spans = OnnxReader(town_reader).read("Where did the ferry go?", passages)
    assert [span.text for span in spans[:12]] == list(reversed(TOWNS))


def test_8_bit_spans_do_not_depend_on_company() -> None:
    reader = load_reader()
    passages = [passage for n in (1, 2, 5) for passage in passages_of(TEXT * n, 30 * n)]
    question = "Where was the fire?"
    alone = [span for passage in passages for span in reader.read(question, [passage])]
    assert sorted(alone, key=lambda span: -span.margin) == reader.read(question, passages)


def test_second_reader_is_the_one_in_its_folder(tmp_path: Path) -> None:
    first = {"lorne": 4.0}, {"corran": 4.0}
    for folder, ends in zip((tmp_path, tmp_path / SECOND_FOLDER), first, strict=True):
        write_onnx_reader(folder, starts=ends, ends=ends, no_answer=1.5)
    reader = OnnxReader(tmp_path)
    passages = passages_of("The ferry to Corran and Lorne was late.", 100)
    found = [one.read("Where?", passages)[0].text for one in (reader, reader.second)]
    assert found == ["Lorne", "Corran"]
    assert reader.second.second is reader.second
    (long,) = passages_of("Rain. " * 180 + "The ferry to Corran was late.", 1_000)
    assert reader.second.read("Where?", [long])[0].text == "Corran", "it reads further"
    assert reader.read("Where?", [long])[0].margin < 0


def test_title_is_read_but_holds_no_answer(town_reader: Path) -> None:
    reader = OnnxReader(town_reader)
    passages = passages_of("The ferry to Corran was late.")
    spans = reader.read("Lorne?", passages, ["Lorne"])
    assert spans[0].text == "Corran"
    assert all("Lorne" not in span.text for span in spans)


def test_other_number_of_titles_than_passages_is_an_error(town_reader: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        OnnxReader(town_reader).read("Where?", passages_of("Rain."), ["one", "two"])


def test_missing_or_empty_folder_is_no_reader(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ReaderError) as caught:
            OnnxReader(folder)
        assert str(folder) in one_line(caught.value)


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"", b"not a model", b"{}", b"\x08\x08"])
def test_missing_or_broken_part_is_named_in_one_line(
    town_reader: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    folder = shutil.copytree(town_reader, tmp_path / "reader")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(ReaderError) as caught:
        OnnxReader(folder)
    assert str(folder) in one_line(caught.value)


def test_tokenizer_without_separator_is_refused(town_reader: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(town_reader, tmp_path / "reader")
    text = (folder / "tokenizer.json").read_text()
    (folder / "tokenizer.json").write_text(text.replace("[SEP]", "[END]"))
    with pytest.raises(ReaderError) as caught:
        OnnxReader(folder)
    assert "[SEP]" in one_line(caught.value)


def test_reading_needs_neither_torch_nor_transformers(town_reader: Path) -> None:
    program = """
        import json, sys
        from bot.reader.registry import load_reader
        from corpus.article import Article
        from corpus.splitter import split_article
        passages = split_article(Article("a", "", "The ferry to Corran was late."))
        span = load_reader(sys.argv[1]).read("Where did the ferry go?", passages)[0]
        heavy = {"torch", "transformers", "sentence_transformers"} & set(sys.modules)
        print(json.dumps([span.text, sorted(heavy)]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(town_reader)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout) == ["Corran", []]
