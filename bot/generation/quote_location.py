"""Where a quote that a model gives stands in the sentences that it was given.

A quote is found character by character, or after what a keyboard changes (quotation marks, dashes,
white space) is folded, or not at all. Similarity never counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.quote import Quote
from bot.comparing.tokens import KEYBOARD

__all__ = ["find_folded", "locate"]

_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*")
_FOLDS = {**KEYBOARD, **dict.fromkeys("‒–—―", "-")}


def locate(quote: str, keyed: Quote | None, given: Sequence[Quote]) -> Quote | None:
    """Return the sentence that a quote is of, or None.

    It is looked for in the keyed sentence: exactly, then folded, then as pieces around an ellipsis
    that follow each other; and at last exactly in the other sentences that were given.

    Args:
        quote: the words of the model.
        keyed: the sentence whose key stands beside them; None where the key is unknown.
        given: all sentences that the model was given.
    """
    wanted = quote.strip()
    if not re.search(r"\w", wanted) or keyed is None:
        return None
    if wanted in keyed.text or _stands_in(wanted, keyed.text):
        return keyed
    return next((one for one in given if wanted in one.text), None)


def find_folded(wanted: str, text: str) -> tuple[int, int] | None:
    """Return where a text stands in another after folding, in characters of the other."""
    needle, _ = _folded(wanted)
    hay, places = _folded(text)
    at = hay.find(needle) if needle else -1
    return None if at < 0 else (places[at], places[at + len(needle) - 1] + 1)


def _stands_in(wanted: str, text: str) -> bool:
    place = 0
    for piece in filter(None, _ELLIPSIS.split(wanted)):
        found = find_folded(piece, text[place:])
        if found is None or not re.search(r"\w", piece):
            return False
        place += found[1]
    return place > 0


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text with its marks folded and single spaces, and the place of each character."""
    pairs = (
        (_FOLDS.get(character, " " if character.isspace() else character), place)
        for place, character in enumerate(text)
    )
    kept: list[tuple[str, int]] = []
    for character, place in pairs:
        if character != " " or (kept and kept[-1][0] != " "):
            kept.append((character, place))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return "".join(character for character, _ in kept), [place for _, place in kept]
