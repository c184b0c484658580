"""``/v1/chat/completions`` and ``/v1/models``: newsbot for any client of OpenAI's protocol.

The last message of the user is the question; those before it, with their answers, are its history.
Citations are annotations of the reply's message, of type ``file_citation``.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.answering.answers import EXTRACTIVE, Answer
from bot.chain import answer_pieces
from bot.errors import RequestRefused
from bot.generation.annotations import marked_places
from bot.server.endpoints import error_line
from corpus.errors import NewsbotError
from index.errors import SearchFailure

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.access.rate_limits import ServerLimits
    from bot.newsbot import NewsBot

__all__ = ["MODEL", "openai_routes"]

MODEL = "newsbot"
"""Name of the model that answers extractively; with ``:`` and a chat model, that one answers."""

_AT_ONCE = 2
_MOST_MESSAGES = 200
_MOST_TURNS = 10  # of the history


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[_Part] | None = None

    def plain(self) -> str:
        """Return its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[_Message] = Field(min_length=1, max_length=_MOST_MESSAGES)
    stream: bool = False

    def question(self) -> tuple[str, list[tuple[str, str]]]:
        """Return the last message of the user, and the questions and answers before it."""
        said = [one for one in self.messages if one.role in ("user", "assistant") and one.plain()]
        if not said or said[-1].role != "user":
            raise RequestRefused("the last message is to be the user's")
        history = [
            (one.plain(), other.plain())
            for one, other in zip(said, said[1:], strict=False)
            if (one.role, other.role) == ("user", "assistant")
        ]
        return said[-1].plain(), history[-_MOST_TURNS:]


def openai_routes(bot: NewsBot, limits: ServerLimits) -> list[Route]:
    """Return ``/v1/chat/completions`` and ``/v1/models``."""
    places = CapacityLimiter(_AT_ONCE)
    names = {MODEL: EXTRACTIVE}
    if bot.chat_model:
        names[f"{MODEL}:{bot.chat_model}"] = bot.chat_model

    async def models(_: Request) -> Response:
        made = [{"id": name, "object": "model", "created": 0, "owned_by": MODEL} for name in names]
        return JSONResponse({"object": "list", "data": made})

    async def completions(request: Request) -> Response:
        try:
            asked = _Request.model_validate_json(await request.body())
        except ClientDisconnect:
            return Response(status_code=400)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            return _refused(400, f"{where or 'the body'}: {first['msg']}")
        if asked.model not in names:
            return _refused(404, f"no model of that name; there are: {', '.join(names)}")
        if places.statistics().tasks_waiting >= limits.waiting:
            return _refused(429, f"{limits.waiting} questions wait already: try again later")
        try:
            question, history = asked.question()
            limits.check_question(question)
            limits.check_history(history)
            by = names[asked.model]
            answer = await to_thread.run_sync(
                lambda: bot.answer(question, history, answer_by=by), limiter=places
            )
        except (RequestRefused, SearchFailure) as error:
            return _refused(400, error_line(error, bot))
        except NewsbotError as error:
            return _refused(503, error_line(error, bot))
        head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time())}
        head["model"] = asked.model
        if asked.stream:
            return StreamingResponse(_events(answer, head), media_type="text/event-stream")
        message = {"role": "assistant", "content": answer.text, "refusal": None}
        choice = {"index": 0, "finish_reason": "stop", "logprobs": None}
        usage = dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), 0)
        whole = {**choice, "message": {**message, "annotations": _annotations(answer)}}
        kind = {"object": "chat.completion", "choices": [whole], "usage": usage}
        return JSONResponse({**head, **kind})

    return [
        Route("/v1/chat/completions", completions, methods=["POST"]),
        Route("/v1/models", models),
    ]


def _events(answer: Answer, head: dict[str, Any]) -> Iterator[str]:
    """Yield server-sent events: the text in pieces, and with the end the annotations."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in answer_pieces(answer)]
    deltas.append({"annotations": _annotations(answer)})
    for number, delta in enumerate(deltas, start=1):
        reason = "stop" if number == len(deltas) else None
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        chunk = {**head, "object": "chat.completion.chunk", "choices": [choice]}
        yield f"data: {json.dumps(chunk)}\n\n"
    yield "data: [DONE]\n\n"


def _annotations(answer: Answer) -> Sequence[dict[str, Any]]:
    """Return the citations, with the characters of the text that each bears; none in a refusal."""
    return [
        {
            "type": "file_citation",
            "text": f"[{cited.number}]",
            "start_index": start,
            "end_index": end,
            "file_citation": {"file_id": cited.article_id, **cited.to_dict()},
        }
        for cited, start, end in marked_places(answer)
    ]


def _refused(status: int, line: str) -> JSONResponse:
    kind = "invalid_request_error" if status < 500 else "server_error"
    error = {"message": line, "type": kind, "param": None, "code": None}
    return JSONResponse({"error": error}, status)
