"""The words of a text as copies are compared by them: folded, and in runs of three.

Case, punctuation and white space do not count. A word is *covered* by another text where it stands
in a run of three words that the other has too (word shingles, Broder 1997): one word changed costs
one covered word, and a sentence of one's own costs all of its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Set
from functools import cached_property

__all__ = ["Run", "Shingle", "folded_words"]

Run = tuple[str, str, str]
"""Three words that follow each other."""

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred hundreds thousand thousands million millions billion billions dozen dozens "
    "half".split()
)


class Shingle:
    """What a text says, word by word.

    Attributes:
        sentences: the folded words of each sentence that was given.
        words: all of them in a row.
    """

    def __init__(self, sentences: Iterable[str]) -> None:
        """Fold texts that follow each other: sentences, or a whole article as one."""
        self.sentences = tuple(tuple(folded_words(sentence)) for sentence in sentences)
        self.words = tuple(word for sentence in self.sentences for word in sentence)

    @cached_property
    def runs(self) -> frozenset[Run]:
        """Every three words that follow each other; none in a text of fewer."""
        return frozenset(zip(self.words, self.words[1:], self.words[2:], strict=False))

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Places of the words that are numbers, in digits or written out."""
        return tuple(
            place
            for place, word in enumerate(self.words)
            if word in _NUMBER_WORDS or any(character.isdigit() for character in word)
        )

    def covered(self, runs: Set[Run]) -> list[bool]:
        """Return of each word whether it stands in one of these runs."""
        marks = [False] * len(self.words)
        following = zip(self.words, self.words[1:], self.words[2:], strict=False)
        for place, run in enumerate(following):
            if run in runs:
                marks[place : place + 3] = True, True, True
        return marks


def folded_words(text: str) -> list[str]:
    """Return a text's words without regard to case and punctuation.

    A number keeps its decimal point and loses the commas between its thousands, so that 212,400
    is one word and 3.5 is not 35.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return [
        word.replace(",", "") if "," in word and _THOUSANDS.fullmatch(word) else word
        for word in _WORD.findall(text.casefold())
    ]
