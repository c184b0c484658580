"""Hybrid search over the samples, with the real model."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.builder import build_index
from index.embedding.embedder import Embedder
from index.errors import BadFilter, EmbedderMismatch, EmptyQuestion, IndexCorrupt
from index.filters import filters_of
from index.searcher import LONGEST_QUESTION, Searcher
from index.store.layout import current_generation
from tests.fakes.embedder import HashedEmbedder
from tests.index.test_builder import CountingEmbedder

Address = Path | str


@pytest.fixture(scope="module")
def searcher(samples_index: Path, embedder: Embedder) -> Searcher:
    return Searcher.open(samples_index, embedder)


@pytest.fixture
def copy(samples_index: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(samples_index, tmp_path / "copy"))


def test_passage_that_answers_comes_first(searcher: Searcher) -> None:
    best = searcher.search("who denied the missile attack?").hits[0]
    assert "Kataib Hezbollah" in best.passage.text
    assert best.article.text[best.passage.start : best.passage.end] == best.passage.text


def test_hits_are_best_first_and_no_more_than_asked_for(searcher: Searcher) -> None:
    hits = searcher.search("bridge", 4).hits
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 and -1.001 <= hit.dense <= 1.001 for hit in hits)


@given(
    st.text(min_size=1).filter(str.strip)
    | st.lists(
        st.sampled_from(['"', "AND", "NEAR(", ")", "'", ";--", "😀", "*", "embassy"]), min_size=1
    ).map(" ".join)
)
def test_any_text_is_a_valid_question(searcher: Searcher, question: str) -> None:
    try:
        hits = searcher.search(question, 3).hits
    except EmptyQuestion:  # nothing but characters that normalising takes away
        assert not any(character.isalnum() for character in question)
    else:
        assert len(hits) <= 3


def test_ten_thousand_characters_are_cut_with_a_note(searcher: Searcher) -> None:
    result = searcher.search("embassy " * 1_250)
    assert len(result.question) == LONGEST_QUESTION
    assert result.notes == (f"The question was cut to its first {LONGEST_QUESTION} characters.",)
    assert result.hits


@pytest.mark.parametrize(
    "pasted", ["who denied the <missile attack>?", "*who* denied | the ~missile attack?"]
)
def test_markup_around_words_changes_nothing(searcher: Searcher, pasted: str) -> None:
    plain, marked = searcher.search("who denied the missile attack ?"), searcher.search(pasted)
    assert marked.question.replace(" ?", "?") == "who denied the missile attack?"
    assert [hit.passage for hit in marked.hits] == [hit.passage for hit in plain.hits]


@pytest.mark.parametrize("question", ["", "  ", "\n\t", "\0", "<>", "***"])
def test_blank_question_is_a_clear_error(searcher: Searcher, question: str) -> None:
    with pytest.raises(EmptyQuestion, match="empty"):
        searcher.search(question)


def test_date_filters_hold_before_the_search(searcher: Searcher) -> None:
    dates = sorted(a.published for a in searcher.articles() if a.published is not None)
    middle = dates[len(dates) // 2][:10]
    newer = searcher.search("what happened in the town?", 50, filters_of(since=middle)).hits
    older = searcher.search(
        "what happened in the town?", 50, filters_of(until=date.fromisoformat(middle))
    ).hits
    assert newer and older
    assert all((hit.article.published or "") >= middle for hit in newer)
    assert all((hit.article.published or "9")[:10] <= middle for hit in older)


def test_date_filter_counts_the_undated_articles_left_out(searcher: Searcher) -> None:
    undated = sum(article.published is None for article in searcher.articles())
    notes = searcher.search("town", filters=filters_of(since="2020-01-01")).notes
    assert undated == searcher.status().undated
    assert any(str(undated) in note for note in notes) == (undated > 0)


def test_source_filter_takes_any_case_and_may_leave_nothing(searcher: Searcher) -> None:
    source = next(article.source for article in searcher.articles() if article.source)
    hits = searcher.search("town", 50, filters_of(source=source.upper())).hits
    assert hits
    assert {hit.article.source for hit in hits} == {source}
    assert searcher.search("town", filters=filters_of(source="No Such Paper")).hits == ()


def test_only_named_articles_are_searched(searcher: Searcher) -> None:
    ids = [article.id for article in searcher.articles()][:2]
    found = searcher.search(
        "who denied the missile attack in the town?", 50, filters_of(articles=ids)
    )
    assert {hit.article.id for hit in found.hits} == set(ids)
    assert not found.notes


@pytest.mark.parametrize("names", [[], ["no such id"], ["\ud800"], "'; DROP TABLE articles; --"])
def test_filters_that_leave_nothing_find_nothing_and_say_so(
    searcher: Searcher, names: list[str] | str
) -> None:
    for found in (
        searcher.search("missile attack", filters=filters_of(articles=names)),
        searcher.search("missile attack", filters=filters_of(source=names)),
    ):
        assert found.hits == ()
        assert found.notes == ("No article passes the filters.",)


@pytest.mark.parametrize("wrong", ["yesterday", "2024-13-01", "1/2/2024", ""])
def test_filter_that_is_no_date_is_a_clear_error(wrong: str) -> None:
    with pytest.raises(BadFilter, match="not a date"):
        filters_of(since=wrong)


def test_manifest_that_names_files_outside_is_refused(copy: Path) -> None:
    manifest = current_generation(copy) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"dense.faiss"', '"../../CURRENT"'))
    with pytest.raises(IndexCorrupt, match="manifest"):
        Searcher.open(copy)


def test_search_with_another_model_names_the_right_one(copy: Path, embedder: Embedder) -> None:
    with pytest.raises(EmbedderMismatch, match="all-MiniLM-L6-v2"):
        Searcher.open(copy, CountingEmbedder(embedder, fingerprint="f" * 64))


@pytest.mark.parametrize("question", ["猞猁", "橋が開通", "다리가", "สะพานใหม่", "猫"])
def test_words_of_languages_without_spaces_are_found(
    tmp_path: Path, index: Address, question: str
) -> None:
    texts = [
        "韦林市发现一只猞猁和猫。",
        "新しい橋が開通した。",
        "새 다리가 열렸다.",
        "สะพานใหม่เปิดวันนี้",
    ]
    folder = tmp_path / "articles"
    folder.mkdir()
    for number, text in enumerate([*texts, "韦林市的图书馆关闭了。", "The ferry was late again."]):
        (folder / f"{number}.txt").write_text(f"{number}\n\n{text}", "utf-8")
    build_index([folder], index, embedder=HashedEmbedder())
    searcher = Searcher.open(index, HashedEmbedder())
    (best, *others) = sorted(searcher.search(question).hits, key=lambda hit: -hit.sparse)
    assert question in best.article.text and best.sparse > 0
    assert not any(hit.sparse for hit in others)
    assert searcher.status().languages == {"zh": 2, "ja": 1, "ko": 1, "th": 1, "unknown": 1}
