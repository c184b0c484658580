"""Chat models of the providers' own packages, and one over HTTP as OpenAI speaks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.generation.chat_model import load_chat_model
from tests.bot.generation.test_writer import DENIAL, DENIED, QUESTION
from tests.fakes.chat_models import says
from tests.fakes.openai_server import ChatServer, chat_server
from tests.fakes.running import Capture, output_of


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server(monkeypatch, says(DENIAL, DENIED)) as running:
        yield running


def ask(capsys: Capture, index: Path, *words: str) -> tuple[int, str, str]:
    options = ("--index", str(index), "--chat-model", "openai:tiny")
    return output_of(capsys, "ask", QUESTION, *options, *words)


def test_remote_model_writes_the_answer(
    server: ChatServer, samples_index: Path, capsys: Capture
) -> None:
    status, out, err = ask(capsys, samples_index)
    assert (status, err) == (0, "")
    assert out.startswith(f"{DENIAL} [1]\n") and "written by openai:tiny, checked" in out
    [asked] = server.asked
    assert asked["model"] == "tiny" and asked["response_format"]["type"] == "json_schema"
    assert DENIED in asked["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("status", "line"), [(401, "does not take the key"), (404, "no such model"), (500, "fails")]
)
def test_failure_of_the_server_leaves_the_extractive_answer(
    server: ChatServer, samples_index: Path, capsys: Capture, status: int, line: str
) -> None:
    server.status = status
    code, out, err = ask(capsys, samples_index)
    assert code == 0 and out.startswith("Kataib Hezbollah — ")
    assert line in err and err.count("\n") == 1 and "sk-secret" not in err


def test_model_that_is_gone_leaves_the_extractive_answer(
    monkeypatch: pytest.MonkeyPatch, samples_index: Path, capsys: Capture
) -> None:
    with chat_server(monkeypatch, says(DENIAL, DENIED)):
        pass  # and closed
    code, out, err = ask(capsys, samples_index)
    assert code == 0 and out.startswith("Kataib Hezbollah — ") and "cannot be reached" in err


def test_environment_names_the_model(
    server: ChatServer,
    samples_index: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWSBOT_CHAT_MODEL", "openai:small")
    out = output_of(capsys, "ask", QUESTION, "--index", samples_index)[1]
    assert "written by openai:small" in out and server.asked[0]["model"] == "small"


@pytest.mark.parametrize("name", ["ollama:llama3.2", "anthropic:claude-haiku-4-5", "openai:gpt-5"])
def test_model_is_loaded_and_sent_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(variable, "none")
    assert load_chat_model(name).name == name


def test_wrong_chat_model_is_one_line(samples_index: Path, capsys: Capture) -> None:
    words = ("ask", "x", "--index", samples_index, "--chat-model", "gpt")
    status, out, err = output_of(capsys, *words)
    assert (status, out, err.count("\n")) == (1, "", 1) and "PROVIDER:NAME" in err
