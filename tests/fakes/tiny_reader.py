"""Readers of a few kilobytes, and invented texts for them: no sentence here is of a real event."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from bot.training.questions import TrainingQuestion
from corpus.article import Article, Passage
from corpus.splitter import SplitterSettings, split_article

NEVER = -8.0
"""Logit of every token that no test asks for."""

TOWNS = (
    "Ardmoor", "Belwick", "Corran", "Dunlow", "Eskby", "Farholt", "Garrow", "Hexley", "Ingmere",
    "Jarrow", "Kelby", "Lorne",
)  # fmt: skip
"""Invented places; each is one token of the tiny vocabulary, and the answers of the questions."""

_WORDS = (
    "a after and at before bridge but by did ferry fire for hall harbour in mayor new no nobody of "
    "old on opened people rain said school storm that the there they to town trains was were what "
    "when where which who year years"
).split()


def vocabulary() -> list[str]:
    """Every letter, so that no word of the Latin alphabet is unknown, and some whole words."""
    letters = [*string.ascii_lowercase, *string.digits]
    whole = [*_WORDS, *(town.lower() for town in TOWNS)]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *string.punctuation, *letters]
    tokens += [f"##{letter}" for letter in letters]
    tokens += [word for word in whole if len(word) > 1]
    return tokens + [f"[unused{number}]" for number in range(220 - len(tokens))]


def write_tokenizer(folder: Path) -> Path:
    """Write a lower-casing WordPiece ``tokenizer.json``."""
    pieces = {token: number for number, token in enumerate(vocabulary())}
    tokenizer = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "tokenizer.json"
    tokenizer.save(str(file))
    return file


def write_onnx_reader(
    folder: Path,
    *,
    starts: Mapping[str, float],
    ends: Mapping[str, float] | None = None,
    no_answer: float = 0.0,
) -> Path:
    """Write a reader that looks a token's two logits up in tables, whatever is around it.

    Args:
        folder: made where it is missing.
        starts: logit of a token's starting the answer; ``NEVER`` for all others.
        ends: of its ending the answer; like ``starts`` where None.
        no_answer: what both ends of ``[CLS]`` sum to.
    """
    from onnx import TensorProto, helper, save

    write_tokenizer(folder)
    tokens = vocabulary()
    tables = []
    for name, wanted in (("starts", starts), ("ends", starts if ends is None else ends)):
        table = np.full(len(tokens), NEVER, np.float32)
        for token, logit in {"[CLS]": no_answer / 2, **wanted}.items():
            table[tokens.index(token)] = logit
        tables.append(helper.make_tensor(name, TensorProto.FLOAT, table.shape, table.tolist()))
    shape = ["batch", "length"]
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["starts", "input_ids"], ["start_logits"]),
            helper.make_node("Gather", ["ends", "input_ids"], ["end_logits"]),
        ],
        "tiny",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name in ("start_logits", "end_logits")
        ],
        tables,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="tests"
    )
    save(model, folder / "reader.onnx")
    return folder


def write_encoder(folder: Path, kind: str, *, head: bool, layers: int = 1, width: int = 16) -> Path:
    """Write a tiny "bert" or "mpnet", with the layer that answers questions where ``head``."""
    import torch
    from transformers import AutoConfig, AutoModel, AutoModelForQuestionAnswering, logging

    logging.disable_progress_bar()
    torch.manual_seed(5)
    config = AutoConfig.for_model(
        kind,
        vocab_size=len(vocabulary()),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=2 * width,
        max_position_embeddings=514,
    )
    made = AutoModelForQuestionAnswering if head else AutoModel
    made.from_config(config).save_pretrained(folder)
    write_tokenizer(folder)
    return folder


def shake(network: Any, size: float = 0.1) -> Any:
    """Add noise to every weight of a network, in place; return it."""
    import torch

    torch.manual_seed(4)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += size * torch.randn_like(parameter)
    return network


def passages_of(text: str, words: int = 30) -> list[Passage]:
    """Cut a text into passages as an index would."""
    return split_article(Article("tiny", "", text), SplitterSettings(words, 1, 2 * words))


def squad_row(question: str, context: str, *answers: str, title: str = "") -> dict[str, Any]:
    """Make a line of JSONL; each answer is marked where it first stands in the context."""
    return {
        "title": title,
        "context": context,
        "question": question,
        "answers": [{"text": text, "answer_start": context.index(text)} for text in answers],
    }


def write_lines(file: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write JSONL."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def town_rows(documents: int) -> list[dict[str, Any]]:
    """Make questions about invented towns: two with an answer and one without, a document each."""
    rows = []
    for number in range(documents):
        first, second = TOWNS[number % 12], TOWNS[(number + 1 + number // 12) % 12]
        title = f"Paper {number}"
        context = (
            f"The ferry to {first} opened in {1900 + number}. Nobody was hurt in the storm. "
            f"The mayor said that the old bridge at {second} was new. There were no trains."
        )
        rows += [
            squad_row(f"Where did the ferry of {1900 + number} go?", context, first, title=title),
            squad_row("where was the old bridge?", context, second, title=title),
            squad_row("Which school was on fire?", context, title=title),
        ]
    return rows


def question(
    text: str, context: str, *answers: str, title: str = "", document: str = "d", place: int = 0
) -> TrainingQuestion:
    """Make a question; each answer is marked where it first stands in the context."""
    places = tuple((context.index(answer), answer) for answer in answers)
    return TrainingQuestion(text, title, document, (place,), context, places)


def one_line(error: BaseException) -> str:
    """Return an error's message, which must be one line."""
    message = str(error)
    assert message.strip() and not re.search(r"[\r\n]", message)
    return message
