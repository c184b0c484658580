"""The name tagger: which words of an English text name a person, an organisation or a place.

The network is that of spaCy's ``en_core_web_sm`` (see ``model/README.md``): hashed features of each
word, four convolutions over three words each, and a transition system that opens and closes names
from left to right (Lample et al. 2016). It runs in numpy, without spaCy's fifteen packages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from index.names.feature_hash import hash64, table_rows
from index.names.name_tokens import NameTokenizer, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NameTagger", "TaggedName", "shipped_tagger"]

_MODEL = Path(__file__).parent / "model"
_SEEDS = (8, 9, 10, 11)  # of the embeddings of norm, prefix, suffix and shape
_LAYERS = 4
_WORDS_KEPT = 50_000  # whose vectors are remembered
_LONGEST_WORD = 200  # code points that are read of it, but for its end
_LONGEST = 400  # words that are read together; a longer paragraph is cut
_AT_ONCE = 4_000  # words in memory at a time
_BLANK_LINE = re.compile(r"\n\s*\n")


_Paragraph = tuple[list[int], list[Word]]  # where each word starts, and the words


class TaggedName(NamedTuple):
    """A name in a text.

    Attributes:
        start: first code point.
        end: one past the last.
        label: of OntoNotes 5: PERSON, ORG, GPE, LOC, FAC and others.
        margin: score of the reading less that of the next best, at its least sure word.
    """

    start: int
    end: int
    label: str
    margin: float


class NameTagger:
    """Finds names. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        """Read the weights and rules of a folder."""
        rules = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as file:
            self._weights = {name: file[name].astype(np.float32) for name in file.files}
        self._tokenizer = NameTokenizer(rules)
        self._norms: dict[str, str] = rules["norms"]
        self._symbols: dict[str, int] = rules["symbols"]
        self._labels: list[str] = rules["labels"]
        self._lock = Lock()
        self._rows: dict[Word, int] = {}
        width = self._weights["embedding_0"].shape[1]
        self._vectors = np.empty((_WORDS_KEPT, width), np.float32)

    def tag(self, text: str) -> list[TaggedName]:
        """Return the names of a text, in order; none overlap, none crosses a blank line."""
        found: list[TaggedName] = []
        batch: list[_Paragraph] = []
        for paragraph in self._paragraphs(text):
            batch.append(paragraph)
            if sum(len(words) for _, words in batch) >= _AT_ONCE:
                found += self._tagged(batch)
                batch = []
        if batch:
            found += self._tagged(batch)
        return sorted(found)

    def _paragraphs(self, text: str) -> Iterator[_Paragraph]:
        begin = 0
        for end in [*(blank.end() for blank in _BLANK_LINE.finditer(text)), len(text)]:
            starts, words = self._tokenizer.words(text, begin, end)
            for at in range(0, len(words), _LONGEST):
                yield starts[at : at + _LONGEST], words[at : at + _LONGEST]
            begin = end

    def _tagged(self, batch: list[_Paragraph]) -> list[TaggedName]:
        """Read paragraphs side by side, with rows of zeros between them."""
        sizes = np.array([len(words) for _, words in batch])
        begins = np.cumsum(sizes + _LAYERS) - sizes
        places = np.concatenate(list(map(np.arange, begins, begins + sizes)))
        rows = np.zeros((begins[-1] + sizes[-1] + _LAYERS, self._vectors.shape[1]), np.float32)
        rows[places] = self._embedded([word for _, words in batch for word in words])
        decoder = _Decoder(
            self._weights, len(self._labels), self._encoded(rows), places, begins + sizes
        )
        found: list[TaggedName] = []
        for begin, (starts, words) in zip(begins.tolist(), batch, strict=True):
            for first, last, label, margin in decoder.names(begin, begin + len(words)):
                start = starts[first - begin]
                stop = starts[last - begin] + len(words[last - begin][0])
                found.append(TaggedName(start, stop, self._labels[label], margin))
        return found

    def _encoded(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return each row's vector with the words around it read."""
        for layer in range(1, 1 + _LAYERS):
            window = np.zeros((len(rows), 3, rows.shape[1]), np.float32)
            window[1:, 0], window[:, 1], window[:-1, 2] = rows[:-1], rows, rows[1:]
            rows = rows + self._maxout(layer, window.reshape(len(rows), -1))
        weights = self._weights
        encoded: NDArray[np.float32] = rows @ weights["projection_weight"]
        encoded += weights["projection_bias"]
        return encoded

    def _maxout(self, layer: int, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the largest of three maps of each row, normalised (Goodfellow et al. 2013)."""
        weights = self._weights
        pieces = values @ weights[f"maxout_{layer}_weight"]
        pieces += weights[f"maxout_{layer}_bias"]
        best = _largest(pieces, 3)
        best -= best.mean(1, keepdims=True)
        best /= np.sqrt(np.square(best).mean(1, keepdims=True) + 1e-8)
        best *= weights[f"norm_{layer}_scale"]
        best += weights[f"norm_{layer}_bias"]
        return best

    def _embedded(self, words: Sequence[Word]) -> NDArray[np.float32]:
        """Return the vector of each word by itself; those of words seen before are remembered."""
        with self._lock:
            rows = self._rows
            if len(rows) > _WORDS_KEPT - len(words):
                rows.clear()
            if new := [word for word in dict.fromkeys(words) if word not in rows]:
                after = len(rows) + len(new)
                self._vectors[len(rows) : after] = self._maxout(0, self._features(new))
                rows.update(zip(new, range(len(rows), after), strict=True))
            return self._vectors[[rows[word] for word in words]]

    def _features(self, words: Sequence[Word]) -> NDArray[np.float32]:
        """Return the sum of the rows of each word's features in their tables, side by side."""
        texts = [text[:_LONGEST_WORD] for text, _ in words]
        norms = [
            norm or self._norms.get(str(key)) or text.lower()
            for key, text, (_, norm) in zip(hash64(texts), texts, words, strict=True)
        ]
        prefixes, suffixes = [text[0] for text in texts], [text[-3:] for text, _ in words]
        summed = []
        for place, some in enumerate((norms, prefixes, suffixes, list(map(_shape, texts)))):
            table = self._weights[f"embedding_{place}"]
            symbols = np.array([self._symbols.get(one, 0) for one in some], np.uint64)
            keys = np.where(symbols, symbols, hash64(some))
            summed.append(table[table_rows(keys, _SEEDS[place], len(table))].sum(1))
        return np.concatenate(summed, axis=1)


class _Decoder:
    """The transition system: it begins names, goes on with them, ends them, or passes a word.

    What it does with a word outside of all names hangs on that word alone, and what it does in a
    name on the word and the name's first: so all names are followed at once, from every word at
    which one could begin.
    """

    def __init__(
        self,
        weights: dict[str, NDArray[np.float32]],
        labels: int,
        vectors: NDArray[np.float32],
        words: NDArray[np.intp],
        ends: NDArray[np.intp],
    ) -> None:
        """Read the vectors of paragraphs, whose words stand in rows of which some are ends."""
        self._bias, self._padding = weights["state_bias"], weights["state_padding"]
        self._weight, self._action_bias = weights["action_weight"], weights["action_bias"]
        self._states = (vectors @ weights["state_weight"]).reshape(-1, *self._padding.shape)
        self._is_last = np.zeros(len(vectors), bool)
        self._is_last[ends - 1] = True
        self._begin(labels, words)
        self._follow(labels)

    def names(self, begin: int, end: int) -> Iterator[tuple[int, int, int, float]]:
        """Return first row, last row, label and margin of each name in a paragraph's rows."""
        after = begin
        low, high = np.searchsorted(self._first, (begin, end))
        for at in range(low, high):
            first, last = int(self._first[at]), int(self._last[at])
            if first >= after:
                after = last + 1
                yield first, last, int(self._label[at]), float(self._margin[at])

    def _begin(self, labels: int, words: NDArray[np.intp]) -> None:
        """Find the words at which a name begins, where none is open."""
        outside = self._states[words, 0] + (self._bias + self._padding[1] + self._padding[2])
        # To begin a longer name, for each label; then a name of one word; then to pass.
        used = np.r_[:labels, 3 * labels : 4 * labels, self._weight.shape[1] - 1]
        scores = _largest(outside, 2) @ self._weight[:, used] + self._action_bias[used]
        scores[self._is_last[words], :labels] = -np.inf
        action = scores.argmax(1)
        named = np.flatnonzero(action < 2 * labels)
        self._first = words[named]
        self._label = action[named] % labels
        self._is_open = action[named] < labels
        two = np.partition(scores[named], -2, 1)
        self._margin = two[:, -1] - two[:, -2]
        self._last = self._first.copy()

    def _follow(self, labels: int) -> None:
        """Follow the names of several words to their ends."""
        going = np.flatnonzero(self._is_open)
        while len(going):
            self._last[going] += 1
            rows, label = self._last[going], self._label[going]
            inside = self._states[rows, 0] + self._states[self._first[going], 1] + self._bias
            hidden = _largest(inside + self._states[rows - 1, 2], 2)
            on, end = (
                np.einsum("ij,ji->i", hidden, self._weight[:, move]) + self._action_bias[move]
                for move in (labels + label, 2 * labels + label)
            )
            ends = self._is_last[rows] | (end > on)
            sure = np.where(self._is_last[rows], np.inf, np.abs(end - on))
            self._margin[going] = np.minimum(self._margin[going], sure)
            going = going[~ends]


def _largest(values: NDArray[np.float32], pieces: int) -> NDArray[np.float32]:
    """Return the largest of the pieces that stand side by side in each row."""
    first, *others = np.split(values, pieces, axis=1)
    for other in others:
        first = np.maximum(first, other)
    return first


def _shape(word: str) -> str:
    """Return a word's letters as X and x, its digits as d, no run longer than four."""
    if len(word) >= 100:
        return "LONG"
    signs = "".join(
        ("X" if sign.isupper() else "x") if sign.isalpha() else "d" if sign.isdigit() else sign
        for sign in word
    )
    return re.sub(r"(.)\1{4,}", lambda run: run.group(1) * 4, signs)


@lru_cache(maxsize=1)
def shipped_tagger() -> NameTagger:
    """Return the tagger that comes with the program, loaded at first use."""
    return NameTagger(_MODEL)
