"""Question, title and passage as a reader's tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from corpus.article import Span

__all__ = ["LONGEST_INPUT", "PassageTokenizer", "TokenizedPassage"]

LONGEST_INPUT = 320
"""Tokens of question, title and passage together; the passage's end is cut to fit."""

_LONGEST_QUESTION = 64
_LONGEST_TITLE = 32


@dataclass(frozen=True)
class TokenizedPassage:
    """``[CLS] question [SEP] title [SEP] passage [SEP]``; without a title, one ``[SEP]`` less.

    Attributes:
        ids: token ids.
        types: 0 for the question's segment, 1 for everything after it.
        first: place in ``ids`` of the passage's first token.
        offsets: of each token of the passage, in code points of the passage.
    """

    ids: list[int]
    types: list[int]
    first: int
    offsets: list[Span]


class PassageTokenizer:
    """Makes a reader's input, in training as in answering."""

    def __init__(self, tokenizer_file: Path) -> None:
        """Read a ``tokenizer.json``, as the tokenizers library writes it."""
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._start = self._id_of("[CLS]")
        self._separator = self._id_of("[SEP]")

    def _id_of(self, token: str) -> int:
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise ValueError(f"the tokenizer has no {token}")
        return int(number)

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
            kept = min(len(body.ids), LONGEST_INPUT - first - 1)
            ids += [*body.ids[:kept], self._separator]
            types = [0] * len(head) + [1] * (len(ids) - len(head))
            encoded.append(TokenizedPassage(ids, types, first, body.offsets[:kept]))
        return encoded
