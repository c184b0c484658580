"""The extractive reader: short answers, found in passages, or the word that they are not there.

    from bot.reader import load_reader

The model that is used by default is in ``model/``, with its card. ``bot.training.train`` made it.
"""

from bot.reader.reader import AnswerSpan, Reader
from bot.reader.registry import load_reader

__all__ = ["AnswerSpan", "Reader", "load_reader"]
