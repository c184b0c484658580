"""How much of a question's weight in rare words a text holds, whatever form the words have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

__all__ = ["covered", "rarest_in", "stems"]

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


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    from snowballstemmer import stemmer  # pure Python tables: imported when first needed

    return str(stemmer("english").stemWord(word))
