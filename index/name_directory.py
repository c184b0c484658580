"""The names of an index: which spellings are one name, and where each is named."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from corpus.article import Article, Span
from corpus.sentences import sentence_spans
from index.errors import NamesFailure
from index.filters import Filters
from index.names.merges import NameMerges
from index.names.records import WELL_KNOWN, NameCount, name_key

if TYPE_CHECKING:
    from index.store.protocols import Snapshot

__all__ = ["NameDirectory", "NameEntry", "NameQuote"]

_LONGEST_MATCH = 200  # code points
_MOST_SUGGESTED = 3
_MOST_ARTICLES = 1_000_000
_MOST_QUOTES = 3  # of an article


@dataclass(frozen=True)
class NameQuote:
    """A sentence that names somebody or something.

    Attributes:
        article: the article, as indexed.
        start: first code point of the sentence in the article's text.
        end: one past the last.
        mentions: spans of the name in the article's text, within the sentence.
    """

    article: Article
    start: int
    end: int
    mentions: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True)
class NameEntry:
    """What an index says of a name.

    Attributes:
        name: in full.
        kind: person, organisation or place.
        articles: how many name it.
        others: names that are read as it.
        quotes: sentences that name it, those of the newest article first.
    """

    name: str
    kind: str
    articles: int
    others: tuple[str, ...]
    quotes: tuple[NameQuote, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values, with the offsets in the articles' texts."""
        return {
            "name": self.name,
            "kind": self.kind,
            "articles": self.articles,
            "others": list(self.others),
            "quotes": [
                {
                    "article_id": quote.article.id,
                    "title": quote.article.title,
                    "url": quote.article.url,
                    "source": quote.article.source,
                    "published": quote.article.published,
                    "quote": quote.text,
                    "start": quote.start,
                    "end": quote.end,
                    "mentions": [list(span) for span in quote.mentions],
                }
                for quote in self.quotes
            ],
        }


class NameDirectory:
    """The names of one generation, with what is merged by hand now. Safe for threads."""

    def __init__(self, snapshot: Snapshot, merges: NameMerges) -> None:
        """Look into a generation."""
        self._snapshot = snapshot
        self.merges = merges

    @cached_property
    def _short_forms(self) -> Mapping[str, str]:
        known = {short: name_key(name) for short, name in WELL_KNOWN.items()}
        return self._snapshot.short_forms() | known

    def _same(self) -> dict[str, str]:
        """Return keys by the keys that mean the same."""
        merged = self.merges.keys()
        same = {short: merged.get(key, key) for short, key in self._short_forms.items()}
        return {**same, **merged}

    def expanded(self, filters: Filters) -> Filters:
        """Return filters that an article passes by any spelling of a name."""
        if not filters.names:
            return filters
        same = self._same()
        groups = (_spellings({same.get(key, key) for key in keys}, same) for keys in filters.names)
        return replace(filters, names=tuple(groups))

    def unknown(self, filters: Filters) -> list[str]:
        """Return a remark on each name that no article has."""
        return [
            f"{self._unknown(name)}."
            for name, keys in zip(filters.typed_names, filters.names, strict=True)
            if not self._snapshot.naming(keys, 1)
        ]

    def _unknown(self, name: str) -> str:
        like = [one.name for one in self.counts(name, _MOST_SUGGESTED)]
        hint = f"; there is {', '.join(like)}" if like else ""
        return f"No article names {name[:_LONGEST_MATCH]!r}{hint}"

    def counts(
        self, match: str = "", limit: int = 100, article_ids: Collection[str] | None = None
    ) -> list[NameCount]:
        """Count the articles of each name, those of the most articles first.

        Args:
            match: a part of the name, without regard to case; empty for any. What is just that
                comes first.
            limit: how many names.
            article_ids: of the articles that count; None for all.
        """
        part = name_key(match[:_LONGEST_MATCH])
        return self._snapshot.name_counts(self._same(), part, limit, article_ids)

    def articles_naming(self, filters: Filters) -> set[str]:
        """Return the ids of the articles that have all names of the filters."""
        groups = self.expanded(filters).names
        found = [set(self._snapshot.naming(keys, _MOST_ARTICLES)) for keys in groups]
        return set.intersection(*found) if found else set()

    def entry(self, name: str, limit: int = 50) -> NameEntry:
        """Return what the index says of a name.

        Args:
            name: any spelling.
            limit: articles that are quoted, the newest first; of each the first sentences count.

        Raises:
            NamesFailure: no article has it.
        """
        same = self._same()
        key = same.get(name_key(name), name_key(name))
        keys = _spellings({key}, same)
        found = self._snapshot.naming(keys, limit)
        if not found:
            raise NamesFailure(self._unknown(name))
        count = self._snapshot.name_counts(same, key, 1)[0]
        others = tuple(
            one.name
            for one in self.merges.all()
            if name_key(one.name) in keys and name_key(one.name) != key
        )
        quotes = [quote for one in found for quote in self._quotes(one, keys)]
        return NameEntry(count.name, count.kind, count.articles, others, tuple(quotes))

    def merge(self, name: str, into: str) -> None:
        """Read a name as another from now on.

        Raises:
            NamesFailure: no article has one of them, or they are one already.
        """
        for one in (name, into):
            self.entry(one, 1)
        self.merges.merge(name, into)

    def _quotes(self, article_id: str, keys: Collection[str]) -> Iterator[NameQuote]:
        article = self._snapshot.article(article_id)
        if article is None:
            return
        mentions = [
            span
            for name in self._snapshot.names([article_id]).get(article_id, ())
            if name.key in keys
            for span in name.spans
        ]
        sentences = sentence_spans(article.text)
        starts = [start for start, _ in sentences]
        named: dict[Span, list[Span]] = {}
        for span in sorted(mentions):
            sentence = sentences[max(0, bisect_right(starts, span[0]) - 1)]
            if sentence[0] <= span[0] and span[1] <= sentence[1]:
                named.setdefault(sentence, []).append(span)
        for (start, end), spans in islice(named.items(), _MOST_QUOTES):
            yield NameQuote(article, start, end, tuple(spans))


def _spellings(keys: set[str], same: Mapping[str, str]) -> frozenset[str]:
    return frozenset(keys | {one for one, key in same.items() if key in keys})
