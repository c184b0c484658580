"""Logits to spans: in one sentence, whole words, exact characters, and the best there is."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reader.reader import SPANS_EACH, passage_spans
from bot.reader.spans import LENGTH_COST, LONGEST_SPAN, best_spans
from corpus.article import Article, Span
from corpus.splitter import SplitterSettings, split_article

EDGES = " \t\n\r,;:.!?-–—'\"`´‘’“”([{)]}…"
TEXTS = st.text("abЖ9é .,!?'-(\n😀U", max_size=300) | st.lists(
    st.sampled_from(
        [
            "Rain",
            "fell.",
            "on",
            "“Oslo!”",
            "\n\n",
            "U.S.",
            "(twice)",
            "no—yes",
            "don't",
            "😀",
            "12,5",
        ]
    ),
    max_size=60,
).map(" ".join)


def pieces(text: str, size: int) -> list[Span]:
    """Cut a text as a tokenizer does: words into pieces of a few letters, marks by themselves."""
    return [match.span() for match in re.finditer(rf"\w{{1,{size}}}|[^\w\s]", text)]


def logits(count: int, seed: int, spread: float) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, spread, count).astype(np.float32)


@given(TEXTS, st.integers(1, 5), st.integers(0, 2**32), st.sampled_from([0.0, 1.0, 1e6]))
def test_spans_are_exact_and_inside_their_sentences(
    text: str, size: int, seed: int, spread: float
) -> None:
    article = Article("a", "", text)
    for passage in split_article(article, SplitterSettings(30, 1, 60)):
        offsets = pieces(passage.text, size)
        starts, ends = logits(2 * len(offsets), seed, spread).reshape(2, -1)
        spans = list(passage_spans(passage, offsets, starts, ends, 0.5))
        assert len(spans) <= SPANS_EACH
        scores = [span.score for span in spans]
        assert scores == sorted(scores, reverse=True)
        for span in spans:
            assert article.text[span.start : span.end] == span.text != ""
            assert passage.start <= span.start < span.end <= passage.end
            assert span.sentence in passage.sentences
            assert span.sentence[0] <= span.start and span.end <= span.sentence[1]
            assert span.text[0] not in EDGES
            initial = re.search(r"\b(\w)\.$", span.text)
            assert (
                span.text[-1] not in EDGES
                or re.search(r"\..*\.$", span.text)
                or (initial and initial[1].isupper())
            )
            assert span.margin == span.score - 0.5
        ordered = sorted((span.start, span.end) for span in spans)
        assert all(e <= s for (_, e), (s, _) in zip(ordered, ordered[1:], strict=False))


@given(TEXTS, st.integers(1, 5), st.integers(0, 2**32))
def test_span_is_whole_words(text: str, size: int, seed: int) -> None:
    for passage in split_article(Article("a", "", text), SplitterSettings(30, 1, 60)):
        offsets = pieces(passage.text, size)
        starts, ends = logits(2 * len(offsets), seed, 1.0).reshape(2, -1)
        for span in passage_spans(passage, offsets, starts, ends, 0.0):
            before, after = text[: span.start][-1:], text[span.end :][:1]
            assert not (before.isalnum() and span.text[0].isalnum())
            assert not (after.isalnum() and span.text[-1].isalnum())


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=4),
    st.integers(0, 2**32),
    st.sampled_from([1.0, 50.0]),
)
def test_first_span_has_best_score_and_highest_expected_f1(
    lengths: list[int], seed: int, spread: float
) -> None:
    count = sum(lengths)
    text = " ".join(["word"] * count)
    offsets = pieces(text, 9)
    bounds = np.cumsum([0, *lengths])
    sentences = [
        (offsets[low][0], offsets[high - 1][1])
        for low, high in zip(bounds, bounds[1:], strict=False)
    ]
    starts, ends = logits(2 * count, seed, spread).reshape(2, -1)
    scores = {
        (first, last): float(starts[first] + ends[last] - LENGTH_COST * (last - first))
        for low, high in zip(bounds, bounds[1:], strict=False)
        for first in range(low, high)
        for last in range(first, min(high, first + LONGEST_SPAN))
    }
    start, end, _, score = best_spans(text, sentences, offsets, starts, ends, 1)[0]
    best, (first, last) = max((score, span) for span, score in scores.items())
    assert score == pytest.approx(best, abs=1e-4)
    overlapping = [(a, b) for a, b in scores if a <= last and first <= b]
    likeliest = sorted(overlapping, key=lambda span: -scores[span])[:40]

    def expected(span: tuple[int, int]) -> float:
        return sum(
            2
            * max(0, min(span[1], b) - max(span[0], a) + 1)
            / (span[1] - span[0] + b - a + 2)
            * np.exp((scores[a, b] - best) / 1.5)
            for a, b in likeliest
            if scores[a, b] > best - 6
        )

    words = [low for low, _ in offsets]
    given = words.index(start), [high for _, high in offsets].index(end)
    assert given in likeliest
    assert expected(given) == pytest.approx(max(map(expected, likeliest)), rel=1e-4)


def find(text: str, first: str, last: str, sentences: list[Span] | None = None) -> list[str]:
    """Return the one span of the tokens that are these characters, the first and the last such."""
    offsets = pieces(text, 4)
    starts, ends = np.full((2, len(offsets)), -9, np.float32)
    words = [text[start:end] for start, end in offsets]
    starts[words.index(first)] = 5
    ends[len(words) - 1 - words[::-1].index(last)] = 5
    found = best_spans(text, sentences or [(0, len(text))], offsets, starts, ends, 1)
    return [text[start:end] for start, end, _, _ in found]


@pytest.mark.parametrize(
    ("text", "first", "last", "answer"),
    [
        ("They left Springfield early", "ngfi", "ngfi", "Springfield"),
        ("It was (in “Oslo”), he said", "(", ")", "in “Oslo"),
        ("He flew to the U.S. today", "the", ".", "the U.S."),
        ("Made by Ann J. in May", "Ann", ".", "Ann J."),
        ("It rained in May.", "May", ".", "May"),
        ("Up by 12,5 % this year", "12", "%", "12,5 %"),
    ],
)
def test_span_is_widened_to_words_without_punctuation(
    text: str, first: str, last: str, answer: str
) -> None:
    assert find(text, first, last) == [answer]


def test_punctuation_alone_is_no_span() -> None:
    offsets = pieces("— , “ ”", 4)
    zeros = np.zeros(len(offsets), np.float32)
    assert best_spans("— , “ ”", [(0, 7)], offsets, zeros, zeros, 3) == []


def test_span_is_not_widened_past_its_sentence() -> None:
    text = "Springfield"  # a sentence may be cut in a word: one with no white space for pages
    assert find(text, "Spri", "Spri", [(0, 4), (4, 11)]) == ["Spri"]


def test_no_tokens_no_sentences_or_empty_tokens_give_no_spans() -> None:
    none = np.zeros(0, np.float32)
    assert best_spans("", [], [], none, none, 3) == []
    one = np.ones(1, np.float32)
    assert best_spans("Rain", [], [(0, 4)], one, one, 3) == []
    assert best_spans("Rain", [(0, 4)], [(4, 4)], one, one, 3) == []
    assert best_spans("Rain", [(0, 4)], [(2, 2)], one, one, 3) == []


def test_token_outside_every_sentence_is_in_no_span() -> None:
    text = "Rain fell there"
    offsets = pieces(text, 9)
    starts, ends = np.array([[9, 1, 0], [9, 1, 0]], np.float32)
    found = best_spans(text, [(5, 9), (10, 15)], offsets, starts, ends, 3)
    assert [text[start:end] for start, end, _, _ in found] == ["fell", "there"]


def test_spans_do_not_overlap_and_come_best_first() -> None:
    text = "Rain fell there twice"
    offsets = pieces(text, 9)
    starts, ends = np.array([[0, 3, 0, 1], [0, 1, 3, 1]], np.float32)
    found = best_spans(text, [(0, len(text))], offsets, starts, ends, 3)
    assert [text[s:e] for s, e, _, _ in found] == ["fell there", "twice", "Rain"]
    assert [score for *_, score in found] == pytest.approx([6 - LENGTH_COST, 2, 0])


def test_span_does_not_run_from_one_answer_to_the_next() -> None:
    text = "In March 24 were hurt and in May 36 were"
    offsets = pieces(text, 9)
    likely = np.array([4 if text[low:high] in ("24", "36") else 0 for low, high in offsets])
    starts = likely.astype(np.float32)
    ((start, end, _, _),) = best_spans(text, [(0, len(text))], offsets, starts, starts, 1)
    assert text[start:end] == "24"


@pytest.mark.parametrize(
    ("longest", "answer"),
    [(-9.0, "Roos"), (4.5, "Ina Roos"), (5.0, "Ina Roos"), (9.0, "Captain Ina Roos")],
)
def test_overlapping_span_that_shares_most_is_given(longest: float, answer: str) -> None:
    text = "and Captain Ina Roos denied it"
    first = {"Captain": longest, "Ina": min(longest - 0.1, 4.9), "Roos": 4.9}
    starts = np.array([first.get(word, -9) for word in text.split()], np.float32)
    ends = np.array([5 if word == "Roos" else -9 for word in text.split()], np.float32)
    ((start, end, _, score),) = best_spans(text, [(0, len(text))], pieces(text, 9), starts, ends, 1)
    assert text[start:end] == answer
    likeliest = max(longest - 2 * LENGTH_COST, 4.9)
    assert score == pytest.approx(5 + likeliest), "the score is that of the likeliest"


def test_neighbouring_rivals_are_not_made_one_answer() -> None:
    text = "the mayor , Ina Roos , denied it"
    first, last = {"the": 4.9, "Ina": 5.0}, {"mayor": 4.9, "Roos": 5.0}
    starts, ends = (
        np.array([likely.get(word, -9) for word in text.split()], np.float32)
        for likely in (first, last)
    )
    ((start, end, _, _),) = best_spans(text, [(0, len(text))], pieces(text, 9), starts, ends, 1)
    assert text[start:end] == "Ina Roos"
