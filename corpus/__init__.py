"""The corpus: article files in many formats read into Articles, and those split into Passages."""

from __future__ import annotations

from corpus.article import Article, Passage, Span
from corpus.errors import CorpusError, NewsbotError, UnreadableArticle
from corpus.loader import LoadFailure, LoadReport, load_articles
from corpus.near_duplicates import DuplicateFinder
from corpus.sentences import sentence_spans
from corpus.splitter import SplitterSettings, split_article

__all__ = [
    "Article",
    "CorpusError",
    "DuplicateFinder",
    "LoadFailure",
    "LoadReport",
    "NewsbotError",
    "Passage",
    "Span",
    "SplitterSettings",
    "UnreadableArticle",
    "load_articles",
    "sentence_spans",
    "split_article",
]
