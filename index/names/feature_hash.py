"""MurmurHash (Appleby 2008) as spaCy and thinc use it: where the tagger's features stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["hash64", "table_rows"]

_MULTIPLIER = np.uint64(0xC6A4A7935BD1E995)


def hash64(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Return MurmurHash64A of each text in UTF-8, with seed 1."""
    data = [text.encode("utf-8", "replace") for text in texts]
    sizes = np.array(list(map(len, data)), np.uint64)
    longest = max(map(len, data), default=0) // 8 + 1
    blocks = np.array(data, f"S{8 * longest}").view("<u8").reshape(len(data), longest)
    digests = sizes * _MULTIPLIER ^ np.uint64(1)
    for place, block in enumerate(blocks.T):
        mixed = _shifted(block * _MULTIPLIER, 47) * _MULTIPLIER
        whole = sizes >= 8 * (place + 1)
        begun = sizes > 8 * place
        following = (digests ^ np.where(whole, mixed, block)) * _MULTIPLIER
        digests = np.where(begun, following, digests)
    return _shifted(_shifted(digests, 47) * _MULTIPLIER, 47)


def table_rows(keys: NDArray[np.uint64], seed: int, rows: int) -> NDArray[np.uint64]:
    """Return the four rows of an embedding table whose sum stands for each 64-bit key."""
    start = np.uint64(seed ^ 8)
    high = keys * np.uint64(0x87C37B91114253D5)
    high = (high << np.uint64(31) | high >> np.uint64(33)) * np.uint64(0x4CF5AD432745937F) ^ start
    high = high + start
    low = high + start
    high, low = _mixed(high), _mixed(low)
    high = high + low
    low = low + high
    half, lowest = np.uint64(32), np.uint64(0xFFFFFFFF)
    parts = np.stack([high & lowest, high >> half, low & lowest, low >> half], axis=-1)
    return parts % np.uint64(rows)


def _shifted(values: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    return values ^ values >> np.uint64(bits)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = _shifted(values, 33) * np.uint64(0xFF51AFD7ED558CCD)
    return _shifted(_shifted(values, 33) * np.uint64(0xC4CEB9FE1A85EC53), 33)
