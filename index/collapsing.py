"""Hits that say the same in copies of one article, folded into one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus.article import Article, Passage
from corpus.dates import epoch_seconds
from corpus.near_duplicates import is_contained, passage_wording
from corpus.shingles import Run, Shingle
from index.filters import Filters, admits
from index.results import DuplicateRef
from index.store.protocols import Snapshot

__all__ = ["ScoredPassage", "collapse_duplicates"]

_EQUAL = 0.02  # scores this near are equal: in 8 bits a vector hangs a little on its batch


class ScoredPassage(NamedTuple):
    """A passage that search found.

    Attributes:
        number: its id.
        passage: the passage.
        article: the article it is of.
        score: fused score in [0, 1].
    """

    number: int
    passage: Passage
    article: Article
    score: float


@dataclass
class _Kept:
    found: ScoredPassage
    group: tuple[str, ...]
    wording: Shingle
    equals: list[ScoredPassage] = field(default_factory=list)


def collapse_duplicates(
    ranked: Iterable[ScoredPassage], k: int, snapshot: Snapshot, filters: Filters
) -> list[tuple[ScoredPassage, tuple[DuplicateRef, ...]]]:
    """Keep one of the hits that say the same in copies of one article.

    A hit is folded where what it says is all said in better hits of copies of its article, numbers
    included: nothing is lost by not reading it. The best-scored hit stands for the others, and of
    equally scored ones that of the article published first.

    Args:
        ranked: what was found, the best first; no further read than is needed.
        k: hits to keep at the most.
        snapshot: tells which articles are copies.
        filters: those of the search. An article that does not pass is not named either.

    Returns:
        Each hit that was kept, the best first, with the other articles whose text says what it
        says, by publication.
    """
    kept: list[_Kept] = []
    groups: dict[str, list[_Kept]] = {}
    for found in ranked:
        if len(kept) == k and found.score < kept[-1].found.score - _EQUAL:
            break
        group = snapshot.copies_of(found.article.id)
        wording = passage_wording(found.passage, found.article) if group else Shingle(())
        same = groups.setdefault(group[0], []) if group else []
        others = [one for one in same if one.found.article.id != found.article.id]
        if others and is_contained(
            wording, frozenset[Run]().union(*(one.wording.runs for one in others))
        ):
            _note_equal(found, wording, others)
        elif len(kept) < k:
            one = _Kept(found, group, wording)
            kept.append(one)
            same.append(one)
    elsewhere = _Elsewhere(snapshot, filters)
    return [elsewhere.shown(one) for one in kept]


def _note_equal(found: ScoredPassage, wording: Shingle, others: Iterable[_Kept]) -> None:
    for one in others:
        if (
            found.score >= one.found.score - _EQUAL
            and is_contained(wording, one.wording.runs)
            and is_contained(one.wording, wording.runs)
        ):
            one.equals.append(found)
            break


class _Elsewhere:
    """Finds where else a hit ran; each text is taken apart once a search."""

    def __init__(self, snapshot: Snapshot, filters: Filters) -> None:
        self._snapshot = snapshot
        self._filters = filters
        self._runs: dict[str, frozenset[Run]] = {}
        self._groups: dict[str, list[Article]] = {}

    def shown(self, kept: _Kept) -> tuple[ScoredPassage, tuple[DuplicateRef, ...]]:
        if not kept.group:
            return kept.found, ()
        first = min([kept.found, *kept.equals], key=lambda one: _published(one.article))
        found = first._replace(score=kept.found.score)
        wording = passage_wording(found.passage, found.article)
        return found, tuple(
            DuplicateRef.of(article)
            for article in self._passing(kept.group)
            if article.id != found.article.id and is_contained(wording, self._runs_of(article))
        )

    def _passing(self, group: tuple[str, ...]) -> list[Article]:
        if group[0] not in self._groups:
            articles = filter(None, map(self._snapshot.article, group))
            names = self._snapshot.names(group) if self._filters.names else {}
            self._groups[group[0]] = [
                one
                for one in articles
                if admits(self._filters, one, [name.key for name in names.get(one.id, ())])
            ]
        return self._groups[group[0]]

    def _runs_of(self, article: Article) -> frozenset[Run]:
        if article.id not in self._runs:
            self._runs[article.id] = Shingle([article.text]).runs
        return self._runs[article.id]


def _published(article: Article) -> tuple[bool, int, str]:
    epoch = epoch_seconds(article.published)
    return epoch is None, epoch or 0, article.id
