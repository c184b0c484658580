"""Text whose encoding is declared: believed where the bytes are not UTF-8, and fit it."""

from __future__ import annotations

from corpus.text import decode, decode_as

__all__ = ["decode_declared"]


def decode_declared(data: bytes, *names: str | None) -> str:
    """Decode as ``corpus.text`` does, but let names decide where the bytes are not UTF-8.

    Args:
        data: the whole of a text.
        names: encodings it is said to be in, the more trusted first; None for none.

    Returns:
        The text, not yet normalised.

    Raises:
        UnreadableArticle: the bytes are not text.
    """
    for name in names:
        text = None if name is None else decode_as(data, name)
        if text is not None:
            return text
    return decode(data)
