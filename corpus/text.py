"""From bytes to the one form of text that every offset counts in.

``decode`` tells which encoding bytes are in: a byte order mark decides, then UTF-8 is tried, and
only what is not UTF-8 is left to charset-normalizer. ``normalise`` makes the result safe to keep
and to count in: it is done once, before any offset exists, and doing it again changes nothing.
"""

from __future__ import annotations

import codecs
import logging
import re
import unicodedata
from functools import cache

from corpus.errors import UnreadableArticle

__all__ = [
    "CONTROL_SHARE",
    "DETECTION_BYTES",
    "LEGACY_ENCODINGS",
    "MARK_RUN",
    "decode",
    "decode_as",
    "decode_declared",
    "detect_encoding",
    "normalise",
    "one_line",
]

LEGACY_ENCODINGS = (
    "cp1252 cp1251 cp1250 koi8_r koi8_u cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859_2 "
    "iso8859_5 iso8859_7 iso8859_8 iso8859_15 cp932 euc_jp gb18030 big5 cp949 cp874"
).split()
"""What news has been kept in besides Unicode, the likelier first; without this list short texts
come out as EBCDIC."""

CONTROL_SHARE = 0.02
"""A file with more control characters than this, of all its bytes, is binary."""

MARK_RUN = 30
"""Most combining marks kept on one letter: the bound of Unicode's Stream-Safe Text Format
(UAX #15). Sorting an endless run takes time that grows with its square."""

DETECTION_BYTES = 200_000
"""Bytes shown to charset-normalizer; the whole text must then decode."""

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or Office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x1f\x8b\x08", "gzipped data without .gz in its name"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
)
_MARKS = (  # the longer ones first: UTF-32 little-endian begins as UTF-16 does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB_NAMES = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030",
              "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254"}  # fmt: skip
"""What browsers read an encoding's name as, where that is more than the name says."""

_CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\v\x1b") + b"\x7f"

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# charset-normalizer explains its guesses in the log; nobody set up to read them here.
logging.getLogger("charset_normalizer").addHandler(logging.NullHandler())


def decode(data: bytes) -> str:
    """Decode bytes of an encoding that nobody names.

    Args:
        data: the whole of a text file.

    Returns:
        The text, without its byte order mark, otherwise as it stands: not yet normalised.

    Raises:
        UnreadableArticle: the bytes are not text, or are text with damage in it.
    """
    encoding, sound = detect_encoding(data)
    if not sound:
        raise UnreadableArticle(_damage(data))
    return data.decode(encoding)


def decode_as(data: bytes, name: str) -> str | None:
    """Decode bytes of an encoding that a page or a server names, if that can be the truth.

    Args:
        data: the whole of a text file.
        name: of one of ``LEGACY_ENCODINGS``, in any form; what browsers take it for counts.

    Returns:
        The text, not yet normalised. None where ``decode`` tells better: the bytes are UTF-8 or
        UTF-16, are not valid in that encoding, or there is no such encoding.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        return None
    try:
        encoding = codecs.lookup(name).name
        encoding = _WEB_NAMES.get(encoding, encoding)
        if encoding.replace("-", "_") in LEGACY_ENCODINGS and not _decodes(data, "utf-8"):
            return data.decode(encoding)
    except (LookupError, ValueError):
        pass  # not a name, or not the truth
    return None


def decode_declared(data: bytes, *names: str | None) -> str:
    """Decode bytes whose encoding may be declared; a name counts where they are not UTF-8.

    Args:
        data: the whole of a text.
        names: declared encodings, the more trusted first; None for none.

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


def detect_encoding(data: bytes) -> tuple[str, bool]:
    """Return the encoding of bytes.

    Args:
        data: the whole of a text file.

    Returns:
        Python's name of a codec, and whether all of the bytes are valid in it. Only UTF-8 is
        returned with damage: a file of many records can then lose the damaged ones alone.

    Raises:
        UnreadableArticle: the bytes are not text, or the encoding cannot be told.
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise UnreadableArticle(f"binary, not text: {kind}")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            if encoding == "utf-8-sig":
                return encoding, _decodes(data, encoding)
            if not _decodes(data, encoding):
                raise UnreadableArticle(
                    f"begins as {encoding.upper()} but is not valid {encoding.upper()} (cut off?)"
                )
            return encoding, True
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if controls > 1 + CONTROL_SHARE * len(data):
        unmarked = _unmarked_utf16(data)
        if unmarked is None:
            raise UnreadableArticle("binary, not text")
        return unmarked, True
    if _decodes(data, "utf-8"):
        return "utf-8", True
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    intact = sum(1 for char in text if char > "\x7f") - damaged
    if intact > damaged:
        return "utf-8", False
    return _legacy(data), True


def normalise(text: str) -> str:
    r"""Make text safe to keep and to count offsets in.

    Args:
        text: any text, lone surrogates and all.

    Returns:
        Unicode NFC; every line end a ``\n``; no control character but ``\n`` and ``\t``; no byte
        order mark; each lone surrogate replaced by U+FFFD; no letter with more than ``MARK_RUN``
        combining marks. Normalising it again gives the same text.
    """
    text = _DROPPED.sub("", _LINE_END.sub("\n", text))
    if text.isascii():
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = unicodedata.normalize("NFC", _long_mark_run().sub(r"\1", text))
    return _long_mark_run().sub(r"\1", text)  # a few letters fall apart into two marks


def one_line(text: str, limit: int) -> str:
    """Normalise a title or name and put it on one line.

    Args:
        text: any text.
        limit: most characters of the result, 1 or more.

    Returns:
        The text with each run of white space made one space, cut with an ellipsis at the limit.
    """
    line = " ".join(normalise(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _damage(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end >= len(data):
            return "cut off in the middle of a UTF-8 character"
        return f"not valid UTF-8 at byte {error.start:,}"
    raise AssertionError("called for valid UTF-8")


def _unmarked_utf16(data: bytes) -> str | None:
    """Recognise UTF-16 without a byte order mark: its NULs all lie on one side of each pair."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if len(data) % 2 or min(even, odd) * 20 > max(even, odd):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if len(_DROPPED.findall(text)) > CONTROL_SHARE * len(text) else encoding


def _legacy(data: bytes) -> str:
    from charset_normalizer import from_bytes  # late: most files are UTF-8 and never need it

    # A sample that ends inside a character of two bytes would rule its own encoding out.
    cut = data.rfind(b"\n", 0, DETECTION_BYTES) + 1 if len(data) > DETECTION_BYTES else len(data)
    found = from_bytes(data[: cut or DETECTION_BYTES], cp_isolation=LEGACY_ENCODINGS)
    # Too short a text leaves no trace of its language, and several encodings then fit it equally:
    # the one most news is kept in is taken, which for the languages of Europe is cp1252.
    likely = [
        match.encoding
        for match in found
        if (match.chaos, match.coherence) == (found[0].chaos, found[0].coherence)
        and match.encoding in LEGACY_ENCODINGS
    ]
    encoding = min(likely, key=LEGACY_ENCODINGS.index, default="cp1252")
    if not _decodes(data, encoding):
        raise UnreadableArticle("not UTF-8, and no other encoding fits all of it")
    return encoding


@cache
def _long_mark_run() -> re.Pattern[str]:
    marks = [code for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code))]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    letters = "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)
    return re.compile(f"([{letters}]{{{MARK_RUN}}})[{letters}]+")
