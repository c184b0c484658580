"""Encoded examples, packed into batches of nearly equal length and kept in one file."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.errors import ReaderError
from bot.reader.tokenization import PassageTokenizer
from bot.training.examples import Example

__all__ = ["ROUNDING_TOKENS", "Batch", "BatchFile", "write_batches"]

ROUNDING_TOKENS = 20_000
"""In batches that weights are rounded by (``bot.training.quantization``)."""

_NAMES = ("ids", "types", "row", "first", "starts", "ends", "gold", "group", "batch", "padding")
_SORTED_TOGETHER = 2_000


@dataclass(frozen=True)
class _Row:
    """One passage as the reader sees it, with the places of its answers."""

    ids: list[int]
    types: list[int]
    first: int
    starts: list[int]
    ends: list[int]


@dataclass(frozen=True)
class Batch:
    """Padded inputs of B passages of at most L tokens, and what should come out.

    Attributes:
        ids: (B, L) token ids, the tokenizer's padding where padded.
        types: (B, L) segments, 0 or 1.
        attended: (B, L) bool, False where padded.
        allowed: (B, L) bool, True at the passage's own tokens, where an answer may be.
        starts: (B, L) bool, True where an answer starts; only at the first token if there is none.
        ends: (B, L) bool, likewise for the last token of an answer.
        group: (B,) passages of the same number are of one question.
    """

    ids: npt.NDArray[np.int64]
    types: npt.NDArray[np.int64]
    attended: npt.NDArray[np.bool_]
    allowed: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    group: npt.NDArray[np.int64]


def write_batches(
    groups: Iterable[tuple[Example, ...]],
    tokenizer: PassageTokenizer,
    file: Path,
    *,
    batch_tokens: int,
    seed: int,
) -> None:
    """Make batches of examples, and write them all at once.

    Args:
        groups: examples, those of one question together.
        tokenizer: of what the reader sees.
        file: to write, an ``.npz``.
        batch_tokens: in one batch, at the most, padding included.
        seed: of the order of the batches.

    Raises:
        ReaderError: no batch can be made of the examples.
    """
    rows = (_encode(group, tokenizer) for group in groups)
    batches = list(_pack((row for row in rows if row), batch_tokens, seed))
    if not batches:
        raise ReaderError("there is nothing to train on but what is held out")
    _save(batches, file, tokenizer.padding)


class BatchFile:
    """The batches of a file, by number."""

    def __init__(self, file: Path) -> None:
        """Open what ``write_batches`` wrote; nothing in it is unpickled.

        Raises:
            ReaderError: it is missing or damaged, or something else.
        """
        try:
            with np.load(file, allow_pickle=False) as data:
                self._data = {name: data[name] for name in _NAMES}
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            raise ReaderError(f"{file}: no batches that can be read: {error}") from error

    def __len__(self) -> int:
        """Count the batches."""
        return len(self._data["batch"]) - 1

    def first(self, tokens: int) -> list[Batch]:
        """Return the first batches, until they have so many tokens or there are no more."""
        taken, had = 0, 0
        while taken < len(self) and had < tokens:
            had += self.tokens(taken)
            taken += 1
        return [self[number] for number in range(taken)]

    def tokens(self, number: int) -> int:
        """Count the tokens of a batch, padding included."""
        low, high = self._data["batch"][number : number + 2]
        lengths = np.diff(self._data["row"][low : high + 1])
        return int(lengths.max() * len(lengths))

    def __getitem__(self, number: int) -> Batch:
        """Return one batch, padded."""
        data = self._data
        low, high = data["batch"][number : number + 2]
        count, longest = high - low, int(np.diff(data["row"][low : high + 1]).max())
        ids = np.full((count, longest), int(data["padding"]), np.int64)
        types, attended = np.zeros_like(ids), np.zeros(ids.shape, bool)
        allowed, starts, ends = (np.zeros(ids.shape, bool) for _ in range(3))
        for at, row in enumerate(range(low, high)):
            begin, end = data["row"][row : row + 2]
            size = end - begin
            ids[at, :size] = data["ids"][begin:end]
            types[at, :size] = data["types"][begin:end]
            attended[at, :size] = True
            allowed[at, data["first"][row] : size - 1] = True
            gold = slice(*data["gold"][row : row + 2])
            starts[at, data["starts"][gold]] = True
            ends[at, data["ends"][gold]] = True
        group = data["group"][low:high].astype(np.int64)
        return Batch(ids, types, attended, allowed, starts, ends, group)


def _encode(group: tuple[Example, ...], tokenizer: PassageTokenizer) -> list[_Row]:
    rows = []
    for example in group:
        (encoded,) = tokenizer.encode(example.question, [(example.title, example.passage)])
        starts, ends = [], []
        for low, high in example.answers:
            inside = [i for i, (s, e) in enumerate(encoded.offsets) if s < high and e > low]
            if inside and encoded.offsets[inside[-1]][1] >= high:
                starts.append(encoded.first + inside[0])
                ends.append(encoded.first + inside[-1])
        if example.answers and not starts:  # it was cut off with the passage's end
            return []
        rows.append(_Row(encoded.ids, encoded.types, encoded.first, starts or [0], ends or [0]))
    return rows


def _pack(groups: Iterator[list[_Row]], batch_tokens: int, seed: int) -> Iterator[list[list[_Row]]]:
    chance = random.Random(seed)
    waiting: list[list[_Row]] = []
    for group in groups:
        waiting.append(group)
        if len(waiting) == _SORTED_TOGETHER:
            yield from _cut(waiting, batch_tokens, chance)
            waiting = []
    yield from _cut(waiting, batch_tokens, chance)


def _cut(
    groups: list[list[_Row]], batch_tokens: int, chance: random.Random
) -> list[list[list[_Row]]]:
    def longest(group: list[_Row]) -> int:
        return max(len(row.ids) for row in group)

    batches: list[list[list[_Row]]] = []
    batch: list[list[_Row]] = []
    rows = 0
    for group in sorted(groups, key=longest):
        if batch and (rows + len(group)) * longest(group) > batch_tokens:
            batches.append(batch)
            batch, rows = [], 0
        batch.append(group)
        rows += len(group)
    if batch:
        batches.append(batch)
    chance.shuffle(batches)
    return batches


def _save(batches: list[list[list[_Row]]], file: Path, padding: int) -> None:
    rows = [row for batch in batches for group in batch for row in group]
    numbers = [at for batch in batches for at, group in enumerate(batch) for _ in group]

    def bounds(sizes: list[int]) -> npt.NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    part = file.with_suffix(".part.npz")
    np.savez(
        part,
        ids=np.concatenate([np.array(row.ids, np.int32) for row in rows]),
        types=np.concatenate([np.array(row.types, np.int8) for row in rows]),
        row=bounds([len(row.ids) for row in rows]),
        first=np.array([row.first for row in rows], np.int32),
        starts=np.concatenate([np.array(row.starts, np.int32) for row in rows]),
        ends=np.concatenate([np.array(row.ends, np.int32) for row in rows]),
        gold=bounds([len(row.starts) for row in rows]),
        group=np.array(numbers, np.int32),
        batch=bounds([sum(map(len, batch)) for batch in batches]),
        padding=np.array(padding, np.int32),
    )
    part.replace(file)
