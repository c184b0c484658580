"""How much of what a question names a text holds."""

from __future__ import annotations

from collections.abc import Mapping, Set

from index.terms import words

__all__ = ["coverage", "names_found"]


def coverage(idf: Mapping[str, float], found: Set[str]) -> float:
    """Return the share of the weight of a question's stems that a text has, 0 to 1.

    Args:
        idf: inverse document frequency of each stem of the question.
        found: stems of the text.
    """
    total = sum(idf.values())
    return sum(weight for stem, weight in idf.items() if stem in found) / total if total else 0.0


def names_found(question: str, text: str) -> float:
    """Return the share of a question's names and numbers that a text has, 1 where it names none.

    Names are words with a capital, but for the first word; case does not matter in the text.
    """
    first, *rest = words(question) or [""]
    named = {word.lower() for word in rest if word[0].isupper()}
    named |= {word.lower() for word in (first, *rest) if any(map(str.isdigit, word))}
    return len(named.intersection(words(text.lower()))) / len(named) if named else 1.0
