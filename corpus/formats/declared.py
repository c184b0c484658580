"""Text whose encoding is declared: believed where the bytes are not UTF-8, and fit it."""

from __future__ import annotations

import codecs

from corpus.text import LEGACY_ENCODINGS, decode

__all__ = ["decode_declared"]

_WEB_NAMES = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030",
              "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254"}  # fmt: skip
"""What browsers read an encoding's name as, where that is more than the name says."""


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
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        return decode(data)
    for name in names:
        if name is None:
            continue
        try:
            encoding = codecs.lookup(name).name
            encoding = _WEB_NAMES.get(encoding, encoding)
            if encoding.replace("-", "_") in LEGACY_ENCODINGS and not _is_utf8(data):
                return data.decode(encoding)
        except (LookupError, ValueError):
            pass  # not a name, or not the truth
    return decode(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
