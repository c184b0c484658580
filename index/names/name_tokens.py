"""English text as the name tagger reads it: words, each with its place and its normal form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

__all__ = ["NameTokenizer", "Word"]

Word = tuple[str, str | None]
"""A word or a sign, and how it is written out where an exception says so ("n't" is "not")."""

_CHUNK = re.compile(r"\S+")
_LONGEST_CHUNK = 200  # code points without a blank; the rules are slow on what is longer
_CHUNKS_KEPT = 20_000


class NameTokenizer:
    """The tokenizer that the tagger was trained with: spaCy 3.8's for English."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        """Use the expressions and exceptions of the tagger's file."""
        self._exceptions: Mapping[str, list[Word]] = rules["exceptions"]
        self._prefix, self._suffix, self._infix, self._url = (
            re.compile(rules[name]) for name in ("prefix", "suffix", "infix", "url")
        )
        self._cached_parts = lru_cache(maxsize=_CHUNKS_KEPT)(self._parts)

    def words(self, text: str, begin: int, end: int) -> tuple[list[int], list[Word]]:
        """Return where each word of a part of a text starts, and the words; blanks are none."""
        starts: list[int] = []
        words: list[Word] = []
        for chunk in _CHUNK.finditer(text, begin, end):
            start = chunk.start()
            for word in self._cached_parts(chunk.group()):
                starts.append(start)
                words.append(word)
                start += len(word[0])
        return starts, words

    def _parts(self, chunk: str) -> list[Word]:
        """Cut what stands between blanks: affixes off both ends, then the rest at its infixes."""
        if len(chunk) > _LONGEST_CHUNK:
            return [(chunk, None)]
        before: list[str] = []
        after: list[str] = []
        while chunk and not self._is_whole(chunk):
            prefix = self._prefix.match(chunk)
            size = prefix.end() if prefix else 0
            if size and chunk[size:] in self._exceptions:
                before.append(chunk[:size])
                chunk = chunk[size:]
                break
            suffix = self._suffix.search(chunk[size:])
            rest = len(chunk) - (suffix.end() - suffix.start() if suffix else 0)
            if rest < len(chunk) and chunk[:rest] in self._exceptions:
                after.append(chunk[rest:])
                chunk = chunk[:rest]
                break
            if not size and rest == len(chunk):
                break
            before += [chunk[:size]] if size else []
            after += [chunk[rest:]] if rest < len(chunk) else []
            chunk = chunk[size:rest]
        return [
            *((one, None) for one in before),
            *self._middle(chunk),
            *((one, None) for one in reversed(after)),
        ]

    def _is_whole(self, chunk: str) -> bool:
        """Whether nothing is cut off a chunk; no rule cuts between letters of English."""
        return chunk in self._exceptions or (chunk.isascii() and chunk.isalpha())

    def _middle(self, chunk: str) -> list[Word]:
        if not chunk:
            return []
        if chunk in self._exceptions:
            return [(word, norm) for word, norm in self._exceptions[chunk]]
        if self._is_whole(chunk) or self._url.match(chunk):
            return [(chunk, None)]
        parts: list[str] = []
        begin = 0
        for infix in self._infix.finditer(chunk):
            if infix.start() == 0:
                continue
            parts += [chunk[begin : infix.start()], infix.group()]
            begin = infix.end()
        parts.append(chunk[begin:])
        return [(part, None) for part in parts if part]
