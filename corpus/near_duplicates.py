"""Near-duplicates: which articles are copies of one text, and which passages say the same.

The same report runs in many papers: with a headline of their own, another dateline, an agency line
more or less, a few words changed, the last paragraph cut. Two articles are copies when both of
these hold, measured on invented examples in ``tests/corpus/test_near_duplicates.py``:

- they share at least half of their runs of three words (Jaccard), and at least four fifths of the
  shorter one's words are covered by the longer one; a follow-up with a new lead and old background
  stays below;
- at most a quarter of the shorter one's numbers, or a single one, are not in the longer one in the
  same words: last week's market report is the same template with other numbers.

Texts of fewer than ``LEAST_WORDS`` words are never copies: they are notices more than reports.

To find the pairs without comparing all, an article gets a MinHash signature (Broder 1997), cut into
bands (Leskovec, Rajaraman and Ullman 2014, chapter 3): whoever shares a band is looked at. With 32
bands of 4, a pair that shares half of its runs is found with probability 0.87, 0.99 at three
fifths, and 0.003 at a tenth.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Set
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from corpus.article import Article, Passage
from corpus.shingles import Run, Shingle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LEAST_WORDS", "SCHEME", "DuplicateFinder", "is_contained", "passage_wording"]

LEAST_WORDS = 30
"""Words of the shortest text that can be a copy."""

SCHEME = 2
"""Number of this way to make signatures and to judge; another number, and they are made anew."""

_BANDS = 32
_ROWS = 4
_VALUE_BYTES = 4
_BATCH = 2_000  # runs hashed at a time: a matrix of 2 MB

_LEAST_JACCARD = 0.5
_LEAST_ESTIMATE = 0.38  # an estimate from 128 values is off by more in one of 400 pairs at 0.5
_LEAST_COVERED = 0.8
_MOST_NUMBERS_ASTRAY = 0.25
_LEAST_OF_A_SENTENCE = 0.5

_DATELINE = re.compile(r"\s*[A-Z][A-Z.'’]{2,}[^\n–—]{0,60}?\s(?:–|—|--?)\s")
_CREDIT = re.compile(
    r"[\s(\[©]*(?:(?:additional )?(?:reporting|writing|editing) by\b|copyright\b"
    r"|all rights reserved\b"
    r"|this (?:article|report|story) (?:was )?(?:first|originally) (?:appeared|published)\b)",
    re.IGNORECASE,
)
_LONGEST_CREDIT = 200  # code points


@cache
def _hash_functions() -> NDArray[np.uint64]:
    """Return factors and summands of as many hash functions as there are values.

    They are the same on every machine: the upper half of a · x + b modulo 2^64 for x of 32 bits
    (Dietzfelbinger 1996).
    """
    import numpy as np

    values = hashlib.shake_256(b"newsbot").digest(2 * 8 * _BANDS * _ROWS)
    return np.frombuffer(values, "<u8").reshape(2, -1, 1)


class DuplicateFinder:
    """Makes signatures by which copies are found, and judges pairs.

    A signature is the same on every machine: hash and permutations are fixed.
    """

    @staticmethod
    def signature(wording: Shingle) -> bytes:
        """Return the MinHash values of a text's runs.

        Returns:
            128 little-endian unsigned integers of 4 bytes; empty for fewer than ``LEAST_WORDS``
            words.
        """
        if len(wording.words) < LEAST_WORDS:
            return b""
        import numpy as np  # which a command that compares no articles does not wait for

        factors, summands = _hash_functions()
        least = np.full(_BANDS * _ROWS, 2**32 - 1, np.uint32)
        runs = iter(wording.runs)
        while batch := [" ".join(run).encode() for run in islice(runs, _BATCH)]:
            digests = b"".join(hashlib.blake2b(run, digest_size=4).digest() for run in batch)
            hashed = np.frombuffer(digests, "<u4").astype(np.uint64)
            values = (factors * hashed + summands) >> np.uint64(32)
            np.minimum(least, values.min(axis=1).astype(np.uint32), out=least)
        return least.astype("<u4").tobytes()

    @staticmethod
    def bands(signature: bytes) -> list[int]:
        """Return a signature's bands, each as a signed integer of 64 bits; none of an empty one."""
        width = _ROWS * _VALUE_BYTES
        return [
            int.from_bytes(
                hashlib.blake2b(signature[start : start + width], digest_size=8).digest(),
                "little",
                signed=True,
            )
            for start in range(0, len(signature), width)
        ]

    @staticmethod
    def may_be_copies(left: bytes, right: bytes) -> bool:
        """Return whether, by their signatures, two texts are worth comparing."""
        pairs = zip(memoryview(left).cast("I"), memoryview(right).cast("I"), strict=True)
        return sum(one == other for one, other in pairs) >= _LEAST_ESTIMATE * _BANDS * _ROWS

    @staticmethod
    def are_copies(left: Shingle, right: Shingle) -> bool:
        """Return whether two whole texts are copies of one, in whichever order they come."""
        shorter, longer = sorted((left, right), key=lambda text: (len(text.words), text.words))
        if len(shorter.words) < LEAST_WORDS:
            return False
        shared = len(shorter.runs & longer.runs)
        if shared < _LEAST_JACCARD * (len(shorter.runs) + len(longer.runs) - shared):
            return False
        marks = shorter.covered(longer.runs)
        if sum(marks) < _LEAST_COVERED * len(marks):
            return False
        astray = sum(not marks[place] for place in shorter.numbers)
        return astray <= max(1, _MOST_NUMBERS_ASTRAY * len(shorter.numbers))


def passage_wording(passage: Passage, article: Article) -> Shingle:
    """Return the wording of a passage, without a dateline and without lines of credit."""
    sentences = (article.text[start:end] for start, end in passage.sentences)
    told = (_DATELINE.sub("", sentence, count=1) for sentence in sentences)
    return Shingle(sentence for sentence in told if not _is_credit(sentence))


def is_contained(passage: Shingle, runs: Set[Run]) -> bool:
    """Return whether what a passage says is all said in another text.

    That is so when four fifths of its words are covered, at least half of each sentence, and
    every number: a sentence that the other text lacks is never lost, nor another figure.

    Args:
        passage: as ``passage_wording`` gives it.
        runs: those of the other text.
    """
    marks = passage.covered(runs)
    if not marks or sum(marks) < _LEAST_COVERED * len(marks):
        return False
    if not all(marks[place] for place in passage.numbers):
        return False
    start = 0
    for sentence in passage.sentences:
        end = start + len(sentence)
        if sum(marks[start:end]) < _LEAST_OF_A_SENTENCE * len(sentence):
            return False
        start = end
    return True


def _is_credit(sentence: str) -> bool:
    return len(sentence) <= _LONGEST_CREDIT and _CREDIT.match(sentence) is not None
