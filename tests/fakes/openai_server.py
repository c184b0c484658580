"""A server on this machine that speaks OpenAI's protocol, for chat models that are far away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from tests.fakes.chat_models import Lines, Says
from tests.fakes.web_server import Request, WebServer, serve

__all__ = ["ChatServer", "chat_server"]

_PATH = "/v1/chat/completions"


class ChatServer:
    """The server; ``asked`` has the bodies of the requests so far."""

    def __init__(self, web: WebServer, says: Says) -> None:
        self.web = web
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self._says = says
        web.answers[_PATH] = self._answer

    def _answer(self, request: Request) -> None:
        body = json.loads(request.body)
        self.asked.append(body)
        if self.status != 200:
            data = json.dumps({"error": {"message": "sk-secret", "type": "x"}}).encode()
            request.send_response(self.status)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data)
            return
        said = self._says(Lines([HumanMessage(str(one["content"])) for one in body["messages"]]))
        message = {"role": "assistant", "content": said}
        reply = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        request.respond(json.dumps(reply), "application/json")


@contextmanager
def chat_server(patch: pytest.MonkeyPatch, says: Says) -> Iterator[ChatServer]:
    """Serve what a model says, and point OpenAI's client there."""
    with serve() as web:
        patch.setenv("OPENAI_BASE_URL", f"{web.at}/v1")
        patch.setenv("OPENAI_API_KEY", "none")
        yield ChatServer(web, says)
