"""A chat model that the user named: how it is loaded, asked, and what is said when it fails."""

from __future__ import annotations

import contextvars
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import ChatModelError
from bot.generation.cited_documents import CitedDocuments, cites_documents
from bot.generation.contract import LONGEST_REPLY, RETRY, Reply, ask_for_answer, parse_reply
from bot.sanitize import one_line

if TYPE_CHECKING:
    from datetime import date

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

    from bot.answering.quote import Quote

__all__ = ["SECONDS", "ChatModel", "load_chat_model"]

SECONDS = 120.0
"""What a model may take for an answer, all its tries together."""

_EXTRAS = ("anthropic", "ollama", "openai")
_MOST_TOKENS = 2_000  # of a reply
_STATUS = {
    400: "it does not take the request",
    401: "it does not take the key",
    403: "it does not take the key",
    404: "there is no such model",
    408: "it took too long",
    413: "the sentences are too many for it",
    422: "it does not take the request",
    429: "it was asked too often",
}
_NOT_TAKEN = (400, 404, 422)

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class ChatModel:
    """A LangChain chat model under the name that answers carry. Safe for threads.

    Attributes:
        name: as the user named it, such as ``ollama:llama3.2``.
    """

    def __init__(self, model: BaseChatModel, name: str = "", seconds: float = SECONDS) -> None:
        """Take a model.

        Args:
            model: of LangChain.
            name: to show; what the model calls itself where empty.
            seconds: for one answer.
        """
        self.name = name or _name(model)
        self._model = model
        self._seconds = seconds

    def write(self, question: str, keyed: Mapping[str, Quote], today: date) -> Reply:
        """Ask for an answer from sentences.

        Raises:
            ChatModelError: the model cannot be asked, takes too long, or says nothing that can be
                used; in one line, without a word of the model.
        """
        if cites_documents(self._model):
            documents = CitedDocuments(keyed)
            asked = documents.messages(question, today)
            return documents.reply(_within(self._seconds, lambda: self._invoke(asked)))
        messages = ask_for_answer(question, keyed, today)
        reply = _within(self._seconds, lambda: self._structured(messages) or self._json(messages))
        if reply is None:
            raise ChatModelError(f"{self.name} wrote no answer in the form that was asked for")
        return reply

    def ask(self, messages: Sequence[BaseMessage]) -> str:
        """Return what the model says to messages; raises what ``write`` does."""
        return _within(self._seconds, lambda: _text(self._invoke(messages)))

    def _structured(self, messages: Sequence[BaseMessage]) -> Reply | None:
        """Ask for structured output; None where the model, or its server, does not have it."""
        try:
            structured = self._model.with_structured_output(Reply, include_raw=True)
        except (NotImplementedError, ValueError, TypeError):
            return None
        try:
            said: Any = structured.invoke(list(messages))
        except Exception as error:
            if _status(error) in _NOT_TAKEN or isinstance(error, ValueError | NotImplementedError):
                return None
            raise self._failure(error) from error
        parsed = said.get("parsed")
        return parsed if isinstance(parsed, Reply) else parse_reply(_text(said.get("raw")))

    def _json(self, messages: Sequence[BaseMessage]) -> Reply | None:
        from langchain_core.messages import HumanMessage

        said = self._invoke(messages)
        reply = parse_reply(_text(said))
        if reply is None:
            again = [*messages, said, HumanMessage(RETRY)] if _text(said) else messages
            reply = parse_reply(_text(self._invoke(again)))
        return reply

    def _invoke(self, messages: Sequence[BaseMessage]) -> AIMessage:
        try:
            return self._model.invoke(list(messages))
        except Exception as error:  # the errors of every provider's client: they have no base
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> ChatModelError:
        """Return the error in newsbot's own words: a provider's may hold a key or an address."""
        _log.debug("%s failed", self.name, exc_info=error)
        status, kind = _status(error), type(error).__name__
        if status is not None and status >= 500:
            cause = f"its server fails (status {status})"
        elif status in _STATUS:
            cause = _STATUS[status]
        elif isinstance(error, TimeoutError) or "timeout" in kind.lower():
            cause = "it took too long"
        elif "length" in kind.lower():
            cause = "its reply is too long"
        elif isinstance(error, OSError) or "connect" in kind.lower():
            cause = "it cannot be reached"
        else:
            cause = f"it fails ({kind})"
        return ChatModelError(f"{self.name} could not answer: {cause}")


def load_chat_model(named: str | BaseChatModel) -> ChatModel:
    """Load a chat model; nothing is sent to it yet.

    Args:
        named: ``PROVIDER:NAME`` as ``langchain.chat_models.init_chat_model`` takes it, or a model.

    Raises:
        ChatModelError: there is no such provider, its package is missing, or it lacks a key.
    """
    if not isinstance(named, str):
        return ChatModel(named)
    name = one_line(named)
    provider, colon, model = name.partition(":")
    if not (provider and colon and model):
        raise ChatModelError(f"{name!r} is no chat model: write PROVIDER:NAME, as ollama:llama3.2")
    from langchain.chat_models import init_chat_model

    bounds: dict[str, Any] = {"temperature": 0}
    if provider == "ollama":
        bounds |= {"num_predict": _MOST_TOKENS, "client_kwargs": {"timeout": SECONDS}}
    else:
        bounds |= {"max_tokens": _MOST_TOKENS, "timeout": SECONDS, "max_retries": 1}
    try:
        return ChatModel(init_chat_model(name, **bounds), name)
    except ImportError as error:
        package = f"newsbot-qa[{provider}]" if provider in _EXTRAS else f"langchain-{provider}"
        raise ChatModelError(f'{name} needs a package: pip install "{package}"') from error
    except Exception as error:  # a key that is missing, in the words of each provider's client
        raise ChatModelError(f"{name}: {one_line(str(error))[:200]}") from error


def _within(seconds: float, work: Callable[[], _T]) -> _T:
    """Do work in a thread and return its result, or raise what it raises; stop waiting in time."""
    results: queue.SimpleQueue[tuple[_T | None, BaseException | None]] = queue.SimpleQueue()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            results.put((context.run(work), None))
        except BaseException as error:  # handed on to the thread that waits
            results.put((None, error))

    threading.Thread(target=run, name="newsbot-chat-model", daemon=True).start()
    try:
        result, error = results.get(timeout=seconds)
    except queue.Empty:
        raise ChatModelError(f"the chat model took more than {seconds:.0f} s") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def _text(message: Any) -> str:
    """Return the text of a message, nothing where it is longer than any reply."""
    text = str(getattr(message, "text", "") or "")
    return text if len(text) <= LONGEST_REPLY else ""


def _status(error: Exception) -> int | None:
    response = getattr(error, "response", None)
    for status in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(status, int) and status > 0:
            return status
    return None


def _name(model: BaseChatModel) -> str:
    for attribute in ("model_name", "model"):
        if isinstance(value := getattr(model, attribute, None), str) and value:
            return one_line(value)
    return type(model).__name__
