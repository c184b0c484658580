"""MurmurHash (Appleby 2008) as spaCy and thinc use it: where the tagger's features stand."""

from __future__ import annotations

__all__ = ["hash64", "table_rows"]

_ALL = 2**64 - 1
_MULTIPLIER = 0xC6A4A7935BD1E995


def hash64(text: str) -> int:
    """Return MurmurHash64A of a text in UTF-8, with seed 1."""
    data = text.encode("utf-8", "replace")
    digest = 1 ^ (len(data) * _MULTIPLIER & _ALL)
    whole = len(data) & ~7
    for place in range(0, whole, 8):
        block = int.from_bytes(data[place : place + 8], "little") * _MULTIPLIER & _ALL
        block = (block ^ block >> 47) * _MULTIPLIER & _ALL
        digest = (digest ^ block) * _MULTIPLIER & _ALL
    if whole < len(data):
        digest = (digest ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _ALL
    digest = (digest ^ digest >> 47) * _MULTIPLIER & _ALL
    return digest ^ digest >> 47


def table_rows(key: int, seed: int, rows: int) -> list[int]:
    """Return the four rows of an embedding table whose sum stands for a 64-bit key."""
    high = key * 0x87C37B91114253D5 & _ALL
    high = (high << 31 | high >> 33) & _ALL
    high = high * 0x4CF5AD432745937F & _ALL ^ seed ^ 8
    low = seed ^ 8
    high = high + low & _ALL
    low = low + high & _ALL
    high, low = _mixed(high), _mixed(low)
    high = high + low & _ALL
    low = low + high & _ALL
    parts = (high & 0xFFFFFFFF, high >> 32, low & 0xFFFFFFFF, low >> 32)
    return [part % rows for part in parts]


def _mixed(value: int) -> int:
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & _ALL
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & _ALL
    return value ^ value >> 33
