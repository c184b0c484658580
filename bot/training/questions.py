"""Questions to train a reader on, read from SQuAD JSON or from JSON lines."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ReaderError

__all__ = ["TrainingQuestion", "asks_for_part", "is_held_out", "load_questions"]

_SUFFIXES = (".json", ".jsonl", ".jsonl.gz")
_HELD_OUT_OF = 12
_QAMR = "Wiki1k:"  # what the names of its documents begin with
_UNREADABLE = (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError)

# An answer that is only such words is a slip of the annotator, or means nothing out of its place.
_EMPTY_WORDS = frozenset(
    "a an and as at be been being but by did do does for from had has have he her him his i if in "
    "into is it its me my near of off on or our she so some than that the their them then there "
    "these they this those to under until up us was we were when where which while who will with "
    "during would you your".split()
)

_WORD = re.compile(r"\w(?:[\w'’.-]*\w)?")
_WORD_BEFORE = re.compile(rf"({_WORD.pattern}) $")
_WORD_AFTER = re.compile(rf" ({_WORD.pattern})")
_AUXILIARIES = frozenset(
    "is are was were be been being do does did has have had will would can could may might must "
    "shall should isn't aren't wasn't weren't don't doesn't didn't".split()
)
_KIND_OF = re.compile(r"\b(?:what|which) (?:kind|type|sort)\b", re.IGNORECASE)
_MOST_WORDS_WITHOUT_VERB = 6


@dataclass(frozen=True)
class TrainingQuestion:
    """A question asked of a context, with every answer that is accepted.

    Attributes:
        text: the question.
        title: of the article that the context is from; may be empty.
        document: names that article; contexts of one document are about the same thing.
        place: orders the contexts of a document.
        context: the text that was read to answer it.
        answers: (start in the context, text); none where the context does not answer.
    """

    text: str
    title: str
    document: str
    place: tuple[int, ...]
    context: str
    answers: tuple[tuple[int, str], ...]


def load_questions(paths: Sequence[Path]) -> list[TrainingQuestion]:
    """Read files, and all such files of folders; a question that comes twice is taken once.

    Takes SQuAD's JSON, and JSON lines (also in .gz) of ``title, context, question, answers:
    [{text, answer_start}]``.

    Raises:
        ReaderError: a file is missing, is of another kind, or has a line that does not fit.
    """
    found: dict[tuple[str, str], TrainingQuestion] = {}
    for path in paths:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        for file in files:
            if not path.is_dir() or file.name.endswith(_SUFFIXES):
                for question in _read_file(file):
                    key = (question.text, question.context)
                    if key not in found or not found[key].answers:
                        found[key] = question
    if not found:
        raise ReaderError(f"{', '.join(map(str, paths))}: no questions there")
    return list(found.values())


def is_held_out(question: TrainingQuestion) -> bool:
    """Tell whether the question's document is kept out of training, as one in twelve is.

    By a hash of the document's name, so that all questions about one article fall together.
    """
    digest = hashlib.sha256(question.document.encode()).digest()
    return digest[0] % _HELD_OUT_OF == 0


def asks_for_part(question: TrainingQuestion) -> bool:
    """Tell whether an answer is part of a name or of a phrase whose rest the question says.

    Such as "What kind of party?" for "political" or "Who is Mandela?" for "Nelson". QAMR, whose
    writers were given the words to ask for, has many; nobody asks so of news, and it teaches a
    reader to answer with half a name.
    """
    if not question.document.startswith(_QAMR):
        return False
    words = {word.lower() for word in _WORD.findall(question.text)}
    kind = _KIND_OF.search(question.text)
    verbless = (
        len(words) <= _MOST_WORDS_WITHOUT_VERB
        and not words & _AUXILIARIES
        and not any(word.endswith(("ed", "ing")) for word in words)
    )
    told = words - _EMPTY_WORDS - _AUXILIARIES
    for start, text in question.answers:
        before = _WORD_BEFORE.search(question.context[:start])
        after = _WORD_AFTER.match(question.context[start + len(text) :])
        own = text.split()
        follows = after is not None and after[1].lower() in told
        beside = [(after[1], own[-1])] if after and follows else []
        if before and before[1].lower() in told:
            beside.append((before[1], own[0]))
        in_name = any(word[0].isupper() and edge[0].isupper() for word, edge in beside)
        if in_name or (kind and follows) or (verbless and beside):
            return True
    return False


def _read_file(file: Path) -> Iterator[TrainingQuestion]:
    if not file.is_file():
        raise ReaderError(f"{file}: no such file")
    if not file.name.endswith(_SUFFIXES):
        raise ReaderError(f"{file}: questions come as {', '.join(_SUFFIXES)}")
    number = 0
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8") as lines
        ):
            if file.suffix == ".json":
                rows: Iterator[dict[str, Any]] = _squad_rows(json.load(lines))
            else:
                rows = (json.loads(line) for line in lines if line.strip())
            for row in rows:
                question = _to_question(row)
                number += 1
                if question is not None:
                    yield question
    except _UNREADABLE as error:
        raise ReaderError(f"{file}: question {number + 1} cannot be read: {error!r}") from error


def _squad_rows(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            for row in paragraph["qas"]:
                yield {**row, "title": article.get("title", ""), "context": paragraph["context"]}


def _to_question(row: dict[str, Any]) -> TrainingQuestion | None:
    context, title = str(row["context"]), str(row.get("title") or "")
    answers = [(int(a["answer_start"]), str(a["text"])) for a in row["answers"]]
    for start, text in answers:
        if start < 0 or context[start : start + len(text)] != text:
            raise ValueError(f"answer {text!r} does not stand at {start}")
    kept = tuple((s, t) for s, t in answers if not set(t.lower().split()) <= _EMPTY_WORDS)
    if answers and not kept:
        return None
    document = title or context
    place: tuple[int, ...] = (0,)
    if title.startswith(_QAMR):  # QAMR names the document, its paragraph and its sentence
        *name, paragraph, sentence = title.split(":")
        document, place, title = ":".join(name), (int(paragraph), int(sentence)), ""
    return TrainingQuestion(
        str(row["question"]).strip(), title.replace("_", " "), document, place, context, kept
    )
