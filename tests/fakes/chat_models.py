"""Chat models that say what a test says, given the lines that newsbot shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda

__all__ = ["Lines", "Says", "ScriptedModel", "StructuredModel", "reply_json", "says"]

_LINE = re.compile(r"^([a-z0-9]{4}) \| ([^|]*) \| ([^|]*) \| (.*)$", re.MULTILINE)


class Lines:
    """What a model was shown: ``key | date | source | sentence``."""

    def __init__(self, messages: Sequence[BaseMessage]) -> None:
        self.asked = "\n".join(str(message.text) for message in messages)
        self.found = _LINE.findall(self.asked)
        self.keys = [key for key, *_ in self.found]

    def with_word(self, words: str) -> tuple[str, str]:
        """Return key and sentence of the line that has these words."""
        return next((key, line) for key, _, _, line in self.found if words in line)


Says = Callable[[Lines], str | BaseException]


def reply_json(*sentences: tuple[str, str, str], answerable: bool = True) -> str:
    """Make a reply of sentences: text, key and quote of each."""
    made = [{"text": t, "support": [{"key": k, "quote": q}]} for t, k, q in sentences]
    return json.dumps({"answerable": answerable, "sentences": made})


def says(text: str, words: str, quote: str = "") -> Says:
    """Make a model say a sentence, with the line that has some words as its support."""

    def script(lines: Lines) -> str:
        key, line = lines.with_word(words)
        return reply_json((text, key, quote or line))

    return script


class ScriptedModel(BaseChatModel):
    """Says one thing after the other; the last again and again. Keeps what it was asked."""

    scripts: list[Any]
    asked: list[list[BaseMessage]] = []
    model_name: str = "scripted"

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        script = self.scripts[min(len(self.asked), len(self.scripts) - 1)]
        self.asked.append(messages)
        said = script(Lines(messages)) if callable(script) else script
        if isinstance(said, BaseException):
            raise said
        message = said if isinstance(said, AIMessage) else AIMessage(said)
        return ChatResult(generations=[ChatGeneration(message=message)])


class StructuredModel(ScriptedModel):
    """A scripted model that has structured output."""

    def with_structured_output(
        self, schema: Any, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[Any, Any]:
        def parsed(message: AIMessage) -> dict[str, Any]:
            try:
                return {"raw": message, "parsed": schema.model_validate_json(message.text)}
            except ValueError as error:
                return {"raw": message, "parsed": None, "parsing_error": error}

        return self | RunnableLambda(parsed)
