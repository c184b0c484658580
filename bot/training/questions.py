"""Questions to train a reader on: SQuAD's JSON, or JSON lines (also in .gz).

A line has ``title, context, question, answers: [{text, answer_start}]``, without answers where the
context does not say. Questions that whole sentences answer have ``sentences: [{text, start}]``
instead; the confidence is fitted to them, and nothing is trained on them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import ReaderError
from bot.training.recipe import CONTRAST_SETS, MIXTURE

__all__ = [
    "TrainingQuestion",
    "asks_for_part",
    "is_held_out",
    "load_articles",
    "load_questions",
    "source_shares",
]

_MIXTURE_FILE = "mixture.json"

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
        source: name of the file that it is from, without its endings.
        published: day of the article, where it is known.
    """

    text: str
    title: str
    document: str
    place: tuple[int, ...]
    context: str
    answers: tuple[tuple[int, str], ...]
    source: str = ""
    published: date | None = None


def source_shares(data: Path) -> dict[str, float]:
    """Return the share of the questions by file of a folder, without the endings of the names.

    ``mixture.json`` of the folder says them, or ``MIXTURE`` where there is none.

    Raises:
        ReaderError: ``mixture.json`` cannot be read.
    """
    file = data / _MIXTURE_FILE
    if not file.is_file():
        return MIXTURE
    try:
        return {str(name): float(share) for name, share in json.loads(file.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ReaderError(f"{file}: no shares by file name: {error}") from error


def load_questions(paths: Sequence[Path]) -> list[TrainingQuestion]:
    """Read questions; one that comes twice is taken once.

    It comes twice where it is asked in the same words of the same document, though the contexts
    may differ: the open sets overlap, with their texts cut and spaced in several ways.

    Args:
        paths: files, or folders of which ``source_shares`` names the files.

    Raises:
        ReaderError: a file is missing, is of another kind, or has a line that does not fit.
    """
    found: dict[tuple[str, str], TrainingQuestion] = {}
    for file in (file for path in paths for file in _files(path)):
        for question in _read_file(file):
            key = (question.text.casefold(), question.document.casefold())
            if key not in found or not found[key].answers:
                found[key] = replace(question, source=file.name.split(".json")[0])
    if not found:
        raise ReaderError(f"{', '.join(map(str, paths))}: no questions there")
    return list(found.values())


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = []
    for name in source_shares(path):
        if name == CONTRAST_SETS:
            continue
        endings = [ending for ending in _SUFFIXES if (path / f"{name}{ending}").is_file()]
        if not endings:
            raise ReaderError(f"{path}: no {name}.jsonl.gz there; {_MIXTURE_FILE} names the files")
        found.append(path / f"{name}{endings[0]}")
    return found


def load_articles(paths: Sequence[Path]) -> list[TrainingQuestion]:
    """Read articles that nobody asks about, as contexts whose question is empty.

    Takes JSON lines (also in .gz) of ``title, text, date``; the date may be missing. An article
    that comes twice is taken once.

    Raises:
        ReaderError: a file is missing or has a line that does not fit.
    """
    found: dict[str, TrainingQuestion] = {}
    for file in paths:
        try:
            for row in _json_lines(file):
                text, title = str(row["text"]), str(row["title"])
                day = date.fromisoformat(row["date"]) if row.get("date") else None
                found[text] = TrainingQuestion("", title, title, (0,), text, (), file.name, day)
        except _UNREADABLE as error:
            raise ReaderError(f"{file}: its articles cannot be read: {error!r}") from error
    return list(found.values())


def is_held_out(question: TrainingQuestion) -> bool:
    """Whether the question's document is kept out of training, as one in twelve is.

    By a hash of the document's name, so that all questions about one article fall together.
    """
    digest = hashlib.sha256(question.document.encode()).digest()
    return digest[0] % _HELD_OUT_OF == 0


def asks_for_part(question: TrainingQuestion) -> bool:
    """Whether an answer is part of a name or of a phrase whose rest the question says.

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
        if file.suffix == ".json":
            rows = _squad_rows(json.loads(file.read_text(encoding="utf-8")))
        else:
            rows = _json_lines(file)
        for row in rows:
            question = _to_question(row)
            number += 1
            if question is not None:
                yield question
    except _UNREADABLE as error:
        raise ReaderError(f"{file}: question {number + 1} cannot be read: {error!r}") from error


def _json_lines(file: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _squad_rows(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            for row in paragraph["qas"]:
                yield {**row, "title": article.get("title", ""), "context": paragraph["context"]}


def _to_question(row: dict[str, Any]) -> TrainingQuestion | None:
    context, title = str(row["context"]), str(row.get("title") or "")
    if "sentences" in row:
        answers = [(int(one["start"]), str(one["text"])) for one in row["sentences"]]
    else:
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
