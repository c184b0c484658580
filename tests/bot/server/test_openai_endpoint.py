"""newsbot as OpenAI's own client asks it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest
from openai import OpenAI

from bot.access.rate_limits import ServerLimits
from bot.access.users import UserFile
from bot.answering.answers import REFUSAL
from bot.newsbot import NewsBot
from bot.server.config import ServerConfig
from tests.bot.generation.test_writer import DENIAL, DENIED, QUESTION
from tests.fakes.chat_models import ScriptedModel, says
from tests.fakes.served import call, serving_on

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

ASKED: list[Any] = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def bot(
    samples_index: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> NewsBot:
    folder = tmp_path_factory.mktemp("asked") / "index"
    shutil.copytree(samples_index, folder)
    model = ScriptedModel(scripts=[says(DENIAL, DENIED)])
    return NewsBot(folder, embedder=embedder, chat_model=model)


@pytest.fixture(scope="module")
def site(bot: NewsBot) -> Iterator[str]:
    config = ServerConfig(limits=ServerLimits(requests_a_minute=0))
    with serving_on(bot, config) as url:
        yield url


@pytest.fixture
def client(site: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{site}/v1", api_key="any", max_retries=0) as made:
        yield made


def test_answer_carries_its_citations_as_annotations(client: OpenAI, bot: NewsBot) -> None:
    reply = client.chat.completions.create(model="newsbot", messages=ASKED)
    message = reply.choices[0].message
    assert message.content and message.content.startswith("Kataib Hezbollah — ")
    found: list[Any] = message.annotations or []
    [note] = found
    cited = note.file_citation
    article = bot.article(cited["file_id"])
    assert article.text[cited["start"] : cited["end"]] == cited["quote"] == DENIAL
    assert DENIAL in message.content[note.start_index : note.end_index]
    assert note.type == "file_citation"


def test_chat_model_answers_under_its_name(client: OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names == ["newsbot", "newsbot:scripted"]
    reply = client.chat.completions.create(model=names[1], messages=ASKED)
    assert reply.model == names[1] and reply.choices[0].message.content == f"{DENIAL} [1]"


@pytest.mark.parametrize("name", ["newsbot", "newsbot:scripted"])
def test_stream_gives_the_same_text_and_annotations(client: OpenAI, name: str) -> None:
    whole = client.chat.completions.create(model=name, messages=ASKED).choices[0].message
    chunks = list(client.chat.completions.create(model=name, messages=ASKED, stream=True))
    deltas: list[Any] = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    assert deltas[-1].annotations[0]["file_citation"]["quote"] == DENIAL


def test_refusal_is_plain_text_without_annotations(client: OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "What is the capital of France?"}]
    message = client.chat.completions.create(model="newsbot", messages=asked).choices[0].message
    assert (message.content, message.annotations) == (REFUSAL, [])


def test_parts_and_earlier_messages_are_taken(client: OpenAI) -> None:
    parts: list[Any] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Who was on vacation?"},
        {"role": "assistant", "content": REFUSAL},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
    ]
    reply = client.chat.completions.create(model="newsbot", messages=parts)
    assert "Kataib Hezbollah" in (reply.choices[0].message.content or "")


@pytest.mark.parametrize(
    ("body", "status", "line"),
    [
        ({"model": "gpt-5", "messages": ASKED}, 404, "there are: newsbot, newsbot:scripted"),
        ({"model": "newsbot", "messages": []}, 400, "messages"),
        ({"model": "newsbot", "messages": [{"role": "user", "content": " "}]}, 400, "word"),
        ({"model": "newsbot", "messages": [{"role": "assistant", "content": "x"}]}, 400, "last"),
        ({"model": "newsbot", "messages": [{"role": "user", "content": "x" * 3000}]}, 400, "2,000"),
        ({"model": "newsbot", "messages": ASKED * 300}, 400, "messages"),
        ([], 400, ""),
    ],
)
def test_wrong_request_is_one_line(site: str, body: Any, status: int, line: str) -> None:
    reply = httpx.post(f"{site}/v1/chat/completions", json=body)
    message = reply.json()["error"]["message"]
    assert reply.status_code == status and line in message and "\n" not in message


def test_users_need_a_key_which_asks_and_changes_nothing(bot: NewsBot, tmp_path: Path) -> None:
    file = UserFile(tmp_path / "users")
    file.add("ann", "a long password")
    key = file.make_key("ann")
    with serving_on(bot, ServerConfig(users=file.path)) as url:
        for wrong in ("nb-wrong", "a long password"):
            with OpenAI(base_url=f"{url}/v1", api_key=wrong, max_retries=0) as client:
                with pytest.raises(openai.AuthenticationError):
                    client.models.list()
        with OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client:
            reply = client.chat.completions.create(model="newsbot", messages=ASKED)
            assert reply.choices[0].message.content
        bearer = {"Authorization": f"Bearer {key}"}
        for path in ("/", "/gradio_api/info", "/metrics", "/gradio_api/call/v2/add"):
            assert httpx.get(f"{url}{path}", headers=bearer).status_code == 401
        for path in ("add", "remove"):
            reply = httpx.post(f"{url}/gradio_api/call/v2/{path}", headers=bearer, json={})
            assert reply.status_code == 401
        with httpx.Client(base_url=url, headers=bearer, timeout=60) as client:
            assert call(client, "status")["articles"] > 0
        basic = httpx.get(f"{url}/v1/models", auth=("ann", "a long password"))
        assert basic.status_code == 200
