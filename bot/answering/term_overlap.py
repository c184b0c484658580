"""How much of a question's weight in rare words a text holds, whatever form the words have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

__all__ = ["covered", "names_in", "rarest_in", "stems"]

_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=2_000)
def stems(text: str) -> frozenset[str]:
    """Give the stems of a text's words (Porter 2001, "Snowball"), lower-case."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()))


def covered(rarity: Mapping[str, float], found: frozenset[str]) -> float:
    """Give the share of the words' weight whose stems are found, 0 to 1.

    Args:
        rarity: inverse document frequency of each word.
        found: stems of a text.
    """
    total = sum(rarity.values())
    return sum(w for word, w in rarity.items() if _stem(word) in found) / total if total else 0.0


def rarest_in(rarity: Mapping[str, float], found: frozenset[str]) -> bool:
    """Tell whether the rarest of the words is found; takes what ``covered`` does."""
    return bool(rarity) and _stem(max(rarity, key=rarity.__getitem__)) in found


def names_in(question: str, text: str) -> float:
    """Give the share of a question's names and numbers that a text has, 1 where it has none.

    Args:
        question: its words with a capital, but for the first word, and those with a digit count.
        text: compared without regard to case.
    """
    first, *rest = _WORD.findall(question) or [""]
    named = {word.lower() for word in rest if word[0].isupper()}
    named |= {word.lower() for word in (first, *rest) if any(map(str.isdigit, word))}
    return len(named & _words(text)) / len(named) if named else 1.0


@lru_cache(maxsize=200)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    from snowballstemmer import stemmer  # pure Python tables: imported when first needed

    return str(stemmer("english").stemWord(word))
