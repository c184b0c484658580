"""What differs between two versions of a text, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.sentences import sentence_spans

__all__ = ["MOST_SENTENCES", "SentenceChange", "sentence_changes"]

MOST_SENTENCES = 1_000
"""Sentences of each version that are compared, from the first that differs to the last."""

_MOST_PAIRS = 2_500  # of sentences that are looked at for one place
_ALIKE = 0.4  # of the words of both: a sentence that was changed shares more, a new one less


@dataclass(frozen=True)
class SentenceChange:
    """A sentence that one version has and another has not, or not so.

    Attributes:
        earlier: as it was; None for one that was added.
        later: as it became; None for one that was withdrawn.
    """

    earlier: str | None
    later: str | None


def sentence_changes(before: str, after: str) -> list[SentenceChange]:
    """Compare two versions of a text; white space does not count.

    Args:
        before: the earlier version.
        after: the later one.

    Returns:
        What was changed, withdrawn or added, in the order of the text. A sentence that only moved
        is none of these.
    """
    old, new = _sentences(before), _sentences(after)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old = old[start : len(old) - end][:MOST_SENTENCES]
    new = new[start : len(new) - end][:MOST_SENTENCES]
    stayed = {*old} & {*new}
    changes: list[SentenceChange] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            gone = [one for one in old[a:b] if one not in stayed]
            come = [one for one in new[c:d] if one not in stayed]
            changes += _paired(gone, come)
    return changes


def _sentences(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]


def _paired(gone: list[str], come: list[str]) -> list[SentenceChange]:
    """Put each sentence that went together with the one that it became."""
    if len(gone) * len(come) > _MOST_PAIRS:
        withdrawn = [SentenceChange(one, None) for one in gone]
        return withdrawn + [SentenceChange(None, one) for one in come]
    words = {one: set(one.casefold().split()) for one in (*gone, *come)}
    left = list(come)
    became: dict[str, str] = {}
    for one in gone:
        likeness = {
            other: 2 * len(words[one] & words[other]) / (len(words[one]) + len(words[other]))
            for other in left
        }
        best = max(likeness, key=lambda other: likeness[other], default=None)
        if best is not None and likeness[best] >= _ALIKE:
            became[one] = best
            left.remove(best)
    changes = [SentenceChange(one, became.get(one)) for one in gone]
    return changes + [SentenceChange(None, one) for one in left]
