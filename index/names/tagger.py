"""The name tagger: which words of an English text name a person, an organisation or a place.

The network is that of spaCy's ``en_core_web_sm`` (see ``model/README.md``): hashed features of each
word, four convolutions over three words each, and a transition system that opens and closes names
from left to right (Lample et al. 2016). It runs in numpy, without spaCy's fifteen packages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
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
_FEATURES_KEPT = 20_000
_LONGEST = 400  # words that are read together; a longer paragraph is cut
_AT_ONCE = 4_000  # words in memory at a time
_BLANK_LINE = re.compile(r"\n\s*\n")


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
        self._vectors: dict[tuple[str, str | None], NDArray[np.float32]] = {}
        self._feature = lru_cache(maxsize=_FEATURES_KEPT)(self._summed)

    def tag(self, text: str) -> list[TaggedName]:
        """Return the names of a text, in order; none overlap, none crosses a blank line."""
        found: list[TaggedName] = []
        batch: list[list[Word]] = []
        for words in self._paragraphs(text):
            batch.append(words)
            if sum(map(len, batch)) >= _AT_ONCE:
                found += self._tagged(batch)
                batch = []
        if batch:
            found += self._tagged(batch)
        return sorted(found)

    def _paragraphs(self, text: str) -> Iterator[list[Word]]:
        begin = 0
        for end in [*(blank.end() for blank in _BLANK_LINE.finditer(text)), len(text)]:
            words = list(self._tokenizer.words(text, begin, end))
            yield from (words[at : at + _LONGEST] for at in range(0, len(words), _LONGEST))
            begin = end

    def _tagged(self, batch: list[list[Word]]) -> list[TaggedName]:
        """Read paragraphs side by side."""
        begins, vectors = self._encoded(batch)
        ends = begins + np.array([len(words) for words in batch])
        found: list[TaggedName] = []
        decoder = _Decoder(self._weights, len(self._labels), vectors, begins, ends)
        for begin, end, words in zip(begins.tolist(), ends.tolist(), batch, strict=True):
            for first, last, label, margin in decoder.names(begin, end):
                start, stop = words[first - begin].start, words[last - begin].end
                found.append(TaggedName(start, stop, self._labels[label], margin))
        return found

    def _encoded(
        self, batch: Sequence[Sequence[Word]]
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the row of each paragraph's first word, and a vector for each row."""
        begins: list[int] = []
        count = _LAYERS  # rows of zeros part the paragraphs
        for words in batch:
            begins.append(count)
            count += len(words) + _LAYERS
        width = self._weights["embedding_0"].shape[1]
        rows = np.zeros((count, width), np.float32)
        vectors = self._embedded({(word.text, word.norm) for words in batch for word in words})
        for begin, words in zip(begins, batch, strict=True):
            rows[begin : begin + len(words)] = [vectors[word.text, word.norm] for word in words]
        for layer in range(1, 1 + _LAYERS):
            window = np.zeros((count, 3, width), np.float32)
            window[1:, 0], window[:, 1], window[:-1, 2] = rows[:-1], rows, rows[1:]
            rows = rows + self._maxout(layer, window.reshape(count, -1))
        weights = self._weights
        return np.array(begins), rows @ weights["projection_weight"] + weights["projection_bias"]

    def _maxout(self, layer: int, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the largest of three maps of each row, normalised (Goodfellow et al. 2013)."""
        weights = self._weights
        pieces = values @ weights[f"maxout_{layer}_weight"] + weights[f"maxout_{layer}_bias"]
        best = _largest(pieces, 3)
        best -= best.mean(1, keepdims=True)
        best /= np.sqrt(np.square(best).mean(1, keepdims=True) + 1e-8)
        scaled: NDArray[np.float32] = best * weights[f"norm_{layer}_scale"]
        scaled += weights[f"norm_{layer}_bias"]
        return scaled

    def _embedded(
        self, words: set[tuple[str, str | None]]
    ) -> Mapping[tuple[str, str | None], NDArray[np.float32]]:
        """Return the vector of each word by itself, and perhaps those of others."""
        vectors = self._vectors
        if len(vectors) > _WORDS_KEPT:
            vectors = self._vectors = {}
        if new := list(words - vectors.keys()):
            features = np.array([self._features(*word) for word in new])
            vectors.update(zip(new, self._maxout(0, features), strict=True))
        return vectors

    def _features(self, word: str, norm: str | None) -> NDArray[np.float32]:
        norm = norm or self._norms.get(str(hash64(word))) or word.lower()
        features = (norm, word[0], word[-3:], _shape(word))
        return np.concatenate([self._feature(place, one) for place, one in enumerate(features)])

    def _summed(self, place: int, feature: str) -> NDArray[np.float32]:
        """Return the sum of a feature's rows in its table."""
        table = self._weights[f"embedding_{place}"]
        key = self._symbols.get(feature) or hash64(feature)
        summed: NDArray[np.float32] = table[table_rows(key, _SEEDS[place], len(table))].sum(0)
        return summed


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
        begins: NDArray[np.intp],
        ends: NDArray[np.intp],
    ) -> None:
        """Read the vectors of paragraphs, each in the rows from a begin to an end."""
        self._bias, self._padding = weights["state_bias"], weights["state_padding"]
        self._weight, self._action_bias = weights["action_weight"], weights["action_bias"]
        self._states = (vectors @ weights["state_weight"]).reshape(-1, *self._padding.shape)
        self._is_last = np.zeros(len(vectors), bool)
        self._is_last[ends - 1] = True
        self._begin(labels, np.concatenate(list(map(np.arange, begins, ends))))
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
