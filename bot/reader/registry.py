"""Which reader a name means: the shipped one, one trained here, or a Hugging Face model."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.reader.onnx_reader import MODEL_FILE, OnnxReader
from bot.reader.reader import Reader

__all__ = ["SHIPPED_READER", "load_reader"]

SHIPPED_READER = Path(__file__).with_name("model")
"""Folder of the reader that is used where none is named."""


@lru_cache(maxsize=2)
def load_reader(name: str | None = None) -> Reader:
    """Load a reader, once for each name.

    Args:
        name: folder of a reader that ``bot.training`` exported; else the folder, or the name on
            this machine, of a Hugging Face model for question answering; None for the shipped one.

    Raises:
        ReaderError: there is no such reader on this machine. Nothing is fetched.
    """
    folder = SHIPPED_READER if name is None else Path(name).expanduser()
    if (folder / MODEL_FILE).is_file() or name is None:
        return OnnxReader(folder)
    from bot.reader.huggingface import HuggingFaceReader  # transformers: only where asked for

    return HuggingFaceReader(name)
