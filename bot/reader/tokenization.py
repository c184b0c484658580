"""Question, title and passage as a reader's tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tokenizers import Tokenizer

from corpus.article import Span

__all__ = [
    "LONGEST_INPUT",
    "LONGEST_SECOND_INPUT",
    "PassageTokenizer",
    "TokenizedPassage",
    "dated_title",
]

LONGEST_INPUT = 320
"""Tokens of question, title and passage together; the passage's end is cut to fit."""

LONGEST_SECOND_INPUT = 384
"""Likewise of what a second reader reads: a passage among the words around it."""

_LONGEST_QUESTION = 64
_LONGEST_TITLE = 32


@dataclass(frozen=True)
class TokenizedPassage:
    """``[CLS] question [SEP] title [SEP] passage [SEP]``; without a title, one ``[SEP]`` less.

    Tokenizers of MPNet and RoBERTa write ``<s>`` and ``</s>`` for ``[CLS]`` and ``[SEP]``.

    Attributes:
        ids: token ids.
        types: 0 for the question's segment, 1 for everything after it; only BERT reads them.
        first: place in ``ids`` of the passage's first token.
        offsets: of each token of the passage, in code points of the passage.
    """

    ids: list[int]
    types: list[int]
    first: int
    offsets: list[Span]


class PassageTokenizer:
    """Makes a reader's input, in training as in answering."""

    def __init__(self, tokenizer_file: Path, longest: int = LONGEST_INPUT) -> None:
        """Read a ``tokenizer.json``, as the tokenizers library writes it.

        Args:
            tokenizer_file: of a BERT or an MPNet.
            longest: tokens of question, title and passage together.
        """
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._longest = longest
        # MPNet's vocabulary holds BERT's special tokens too, but it was trained with its own.
        self._start = self._id_of("<s>", "[CLS]")
        self._separator = self._id_of("</s>", "[SEP]")
        self.padding = self._id_of("<pad>", "[PAD]")
        """Id of the token that fills up shorter inputs of a batch."""

    def _id_of(self, *tokens: str) -> int:
        """Return the id of the first of these tokens that the tokenizer has."""
        for token in tokens:
            number = self._tokenizer.token_to_id(token)
            if number is not None:
                return int(number)
        raise ValueError(f"the tokenizer has no {' or '.join(tokens)}")

    def encode(self, question: str, passages: Sequence[tuple[str, str]]) -> list[TokenizedPassage]:
        """Encode one question with each of several (title, passage) pairs."""
        texts = [question, *(title for title, _ in passages), *(text for _, text in passages)]
        pieces = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        head = [self._start, *pieces[0].ids[:_LONGEST_QUESTION], self._separator]
        titles, bodies = pieces[1 : 1 + len(passages)], pieces[1 + len(passages) :]
        encoded = []
        for title, body in zip(titles, bodies, strict=True):
            ids = list(head)
            if title.ids:
                ids += [*title.ids[:_LONGEST_TITLE], self._separator]
            first = len(ids)
            kept = min(len(body.ids), self._longest - first - 1)
            ids += [*body.ids[:kept], self._separator]
            types = [0] * len(head) + [1] * (len(ids) - len(head))
            encoded.append(TokenizedPassage(ids, types, first, body.offsets[:kept]))
        return encoded


def dated_title(title: str, published: date | None) -> str:
    """Return the title with the day of publication as the reader sees it, where it is known."""
    if published is None:
        return title
    return f"{title} ({published.day} {published:%B} {published.year})".lstrip()
