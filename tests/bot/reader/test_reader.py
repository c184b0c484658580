"""The reader on onnxruntime: what it finds, what it refuses to load, and what it does without."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ReaderError
from bot.reader.onnx_reader import OnnxReader
from bot.reader.reader import SPANS_EACH, Reader
from bot.reader.registry import SHIPPED_READER, load_reader
from bot.reader.spans import LENGTH_COST
from corpus.article import Article
from corpus.splitter import split_article
from tests.fakes.tiny_reader import TOWNS, one_line, passages_of, write_onnx_reader

TEXT = (
    "The ferry to Corran was late. 😀 Nobody in old Belwick said so!\n\n"
    "At Lorne, in the “new” hall, there was fire; the mayor of Kelby opened a school."
)
TEXTS = st.text(max_size=80) | st.lists(
    st.sampled_from([*TOWNS, "rain", "fell.", "“on", "é", "😀", "\n\n", "Lornes", "Kelby-on-sea"]),
    max_size=40,
).map(" ".join)


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


def test_passage_is_more_answerable_with_more_likely_spans(
    tmp_path: Path,
) -> None:
    one, two = (
        OnnxReader(write_onnx_reader(tmp_path / name, starts=ends, ends=ends, no_answer=1.5))
        for name, ends in (("one", {"corran": 4.0}), ("two", {"corran": 4.0, "lorne": 4.0}))
    )
    passages = passages_of("The ferry to Corran and Lorne was late.", 100)
    less, more = (reader.read("Where?", passages)[0] for reader in (one, two))
    assert less.answerable is not None and more.answerable is not None
    assert less.margin == pytest.approx(more.margin) == 6.5
    assert more.answerable > less.answerable + 1 > less.margin + 1


@given(TEXTS, st.text(max_size=20), st.text(max_size=20))
def test_span_is_its_articles_characters_in_one_sentence(
    town_reader: Path, text: str, question: str, title: str
) -> None:
    article = Article("a", title, text)
    passages = split_article(article)
    spans = load_reader(str(town_reader)).read(question, passages, [title] * len(passages))
    for span in spans:
        assert text[span.start : span.end] == span.text != ""
        assert span.passage in passages
        assert span.sentence in span.passage.sentences
        assert span.sentence[0] <= span.start < span.end <= span.sentence[1]
    for passage in passages:
        own = sorted((s.start, s.end) for s in spans if s.passage == passage)
        assert len(own) <= SPANS_EACH
        assert all(e <= s for (_, e), (s, _) in zip(own, own[1:], strict=False))


def test_spans_come_by_margin_and_do_not_depend_on_company(
    town_reader: Path,
) -> None:
    reader = OnnxReader(town_reader)
    passages = [
        passage
        for number, town in enumerate(TOWNS)
        for passage in passages_of(f"{'Rain. ' * number}The ferry to {town} was late.", 100)
    ]
    spans = reader.read("Where did the ferry go?", passages)
    margins = [span.margin for span in spans]
    assert margins == sorted(margins, reverse=True)
    assert [span.text for span in spans[:12]] == list(reversed(TOWNS))
    alone = [span for p in passages for span in reader.read("Where did the ferry go?", [p])]
    assert sorted(alone, key=lambda span: -span.margin) == spans


def test_8_bit_spans_do_not_depend_on_company() -> None:
    reader = load_reader()
    passages = [passage for n in (1, 2, 5) for passage in passages_of(TEXT * n, 30 * n)]
    question = "Where was the fire?"
    alone = [span for passage in passages for span in reader.read(question, [passage])]
    assert sorted(alone, key=lambda span: -span.margin) == reader.read(question, passages)


def test_title_is_read_but_holds_no_answer(town_reader: Path) -> None:
    reader = OnnxReader(town_reader)
    passages = passages_of("The ferry to Corran was late.")
    spans = reader.read("Lorne?", passages, ["Lorne"])
    assert spans[0].text == "Corran"
    assert all("Lorne" not in span.text for span in spans)


def test_no_passages_give_no_spans(town_reader: Path) -> None:
    reader = OnnxReader(town_reader)
    assert reader.read("Where?", []) == []
    assert reader.read("Where?", [], []) == []
    with pytest.raises(ValueError, match="zip"):
        reader.read("Where?", passages_of("Rain."), ["one", "two"])


def test_threads_read_the_same_as_one(town_reader: Path) -> None:
    reader = OnnxReader(town_reader, threads=1)
    passages = passages_of(TEXT * 3, 10)
    questions = [f"Where was {town}?" for town in TOWNS] * 2
    expected = [reader.read(question, passages) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda q: reader.read(q, passages), questions)) == expected


def test_reader_names_its_folder_and_is_loaded_once(town_reader: Path) -> None:
    reader: Reader = load_reader(str(town_reader))
    assert isinstance(reader, OnnxReader)
    assert (reader.name, reader.folder) == (str(town_reader), town_reader)
    assert load_reader(str(town_reader)) is reader


def test_shipped_reader_is_loaded_where_none_is_named() -> None:
    reader = load_reader()
    assert reader.folder == SHIPPED_READER
    spans = reader.read("Where did the ferry go?", passages_of(TEXT))
    assert spans
    assert all(TEXT[span.start : span.end] == span.text for span in spans)


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
