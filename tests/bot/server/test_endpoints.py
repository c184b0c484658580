"""The named endpoints, as gradio_client and plain HTTP call them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from bot.access.rate_limits import ServerLimits
from bot.newsbot import NewsBot
from bot.server.config import ServerConfig
from bot.server.endpoints import error_line
from corpus.errors import NewsbotError
from tests.fakes.browser import SAMPLE
from tests.fakes.parsed_html import ParsedHtml
from tests.fakes.served import call, serving_on

NAMES = {"/answer", "/search", "/articles", "/names", "/add", "/remove", "/status"}
LIMITS = ServerLimits(requests_a_minute=0, file_bytes=200_000, upload_files=3, text=5_000)
REGATTA = b"Zeppelin regatta\n\nThe zeppelin regatta of Quillhaven was won by Ottoline on Sunday.\n"
WHO_WON = "Who won the zeppelin regatta of Quillhaven?"


@pytest.fixture(scope="module")
def site(bot: NewsBot) -> Iterator[str]:
    with serving_on(bot, ServerConfig(limits=LIMITS)) as url:
        yield url


@pytest.fixture(scope="module")
def client(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def gradio(site: str) -> Iterator[Any]:
    from gradio_client import Client  # type: ignore[import-untyped]  # it ships no types

    made = Client(site, verbose=False)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("index", "said", "shown"),
    [
        ("/home/ann/dat", "no index at /home/ann/dat: run", "no index at the index: run"),
        ("/home/ann/dat", "/home/ann/dat-answers.sqlite: cut", "dat-answers.sqlite: cut"),
        ("dat", "dat-answers.sqlite: no database", "dat-answers.sqlite: no database"),
    ],
)
def test_error_keeps_folders_to_itself(index: str, said: str, shown: str) -> None:
    bot: Any = SimpleNamespace(index=Path(index))
    assert error_line(NewsbotError(said), bot) == shown


def test_api_view_describes_every_parameter(gradio: Any) -> None:
    named = gradio.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == NAMES
    for name, endpoint in named.items():
        assert len(endpoint["description"].split()) > 5, name
        for parameter in endpoint["parameters"]:
            words = parameter["python_type"]["description"].split()
            assert len(words) >= 2, (name, parameter["parameter_name"])


def test_answer_holds_the_references(gradio: Any, client: httpx.Client, bot: NewsBot) -> None:
    expected = {**bot.answer(SAMPLE).to_dict(), "timings": 0}
    assert expected["citations"]
    assert {**gradio.predict(SAMPLE, api_name="/answer"), "timings": 0} == expected
    assert {**call(client, "answer", question=SAMPLE), "timings": 0} == expected
    assert call(client, "answer", question=SAMPLE, csv=True)["csv"] == ""  # it is no list
    cited = call(client, "answer", question=SAMPLE, format="ris")["export"]
    assert cited.startswith("TY  - NEWS\n") and "TI  - Trump blames Iran" in cited
    assert "format is one of markdown" in call(client, "answer", question=SAMPLE, format="doc")
    refused = call(client, "answer", question=SAMPLE, until="1990-01-01")
    assert refused["refused"] and refused["citations"] == []


def test_follow_up_is_read_after_its_history(
    gradio: Any, client: httpx.Client, bot: NewsBot
) -> None:
    question, history = "When did they say so?", [[SAMPLE, bot.answer(SAMPLE).text]]
    expected = {**bot.answer(question, [(a, b) for a, b in history]).to_dict(), "timings": 0}
    assert expected["question_read_as"]
    asked = gradio.predict(question, history=history, api_name="/answer")
    assert {**asked, "timings": 0} == expected
    told = call(client, "answer", question=question, history=history)
    assert {**told, "timings": 0} == expected


def test_question_keeps_to_named_sources_and_articles(client: httpx.Client) -> None:
    papers = ["Halvik Observer", "no such paper"]
    found = call(client, "search", question="ferry to Grelle", k=20, source=papers)
    assert {hit["source"] for hit in found["hits"]} == {"Halvik Observer"}
    one = call(client, "search", question="ferry to Grelle", source="halvik observer")
    assert {hit["source"] for hit in one["hits"]} == {"Halvik Observer"}
    ids = sorted({hit["article_id"] for hit in found["hits"]})[:2]
    narrowed = call(client, "search", question="ferry to Grelle", k=20, articles=ids)
    assert {hit["article_id"] for hit in narrowed["hits"]} == set(ids)
    told = call(client, "answer", question=SAMPLE, articles=["baghdad-embassy.txt"])
    assert {cited["article_id"] for cited in told["citations"]} == {"baghdad-embassy.txt"}
    assert call(client, "answer", question=SAMPLE, articles=[])["refused"]


def test_plain_call_may_pass_the_question_alone(client: httpx.Client) -> None:
    asked = client.post("/gradio_api/call/answer", json={"data": [SAMPLE]}).json()
    told = client.get(f"/gradio_api/call/answer/{asked['event_id']}").text
    assert "event: complete" in told and "baghdad-embassy.txt" in told


def test_search_returns_hits_where_they_say(
    gradio: Any, client: httpx.Client, bot: NewsBot
) -> None:
    found = call(client, "search", question=SAMPLE, k=3)
    assert found["hits"] == [hit.to_dict() for hit in bot.search(SAMPLE, 3)]
    for hit in found["hits"]:
        assert bot.article(hit["article_id"]).text[hit["start"] : hit["end"]] == hit["text"]
    assert gradio.predict(SAMPLE, 3, api_name="/search")["hits"] == found["hits"]
    unread = call(client, "search", question=SAMPLE, k=3, rerank=False)
    assert unread["hits"] == [hit.to_dict() for hit in bot.search(SAMPLE, 3, rerank=False)]


def test_articles_are_listed_in_parts_or_returned_whole(
    gradio: Any, client: httpx.Client, bot: NewsBot
) -> None:
    whole = list(bot.articles())
    first = call(client, "articles", limit=2)
    second = gradio.predict(limit=2, offset=2, api_name="/articles")
    ids = [article["id"] for part in (first, second) for article in part["articles"]]
    assert ids == [article.id for article in whole[:4]]
    assert first["total"] == len(whole)
    assert all("text" not in article and article["characters"] for article in first["articles"])
    [given] = call(client, "articles", article_id=ids[1])["articles"]
    assert given["text"] == whole[1].text


def test_names_are_listed_quoted_and_narrow_an_answer(client: httpx.Client, bot: NewsBot) -> None:
    [iran] = call(client, "names", match="iran", limit=1)["names"]
    assert (iran["name"], iran["kind"]) == ("Iran", "place")
    entry = call(client, "names", name="iran")
    page = client.get("/n/iran")
    assert entry["quotes"][0]["quote"] in ParsedHtml(page.text).text
    for unknown in ("%3Cb%3Enobody%2F..%2Fetc", "%00", "a" * 3_000):
        missing = client.get(f"/n/{unknown}")
        assert missing.status_code == 404 and "<b>" not in missing.text
    for quote in entry["quotes"]:
        text = bot.article(quote["article_id"]).text
        assert text[quote["start"] : quote["end"]] == quote["quote"]
    ids = {quote["article_id"] for quote in entry["quotes"]}
    found = call(client, "search", question="who was hurt", name=["Iran"], rerank=False)["hits"]
    assert found and {hit["article_id"] for hit in found} == ids
    assert call(client, "answer", question="Who won the chess league?", name="Iran")["refused"]


def test_status_says_what_the_index_holds_not_where(client: httpx.Client) -> None:
    told = call(client, "status")
    assert told["articles"] >= 13 and told["generation"]
    assert told["change"]["running"] is False
    assert "path" not in told


@pytest.mark.parametrize(
    ("name", "given", "line"),
    [
        ("answer", {"question": " "}, "the question is empty"),
        ("answer", {"question": "x" * 2_001}, "a question may have 2,000 characters"),
        ("answer", {"question": None}, "a question is a text"),
        ("answer", {"question": "x", "since": "soon"}, "not a date"),
        ("answer", {"question": "x", "permalink": "maybe"}, "permalink is true or false"),
        ("answer", {"question": "x", "csv": 1}, "csv is true or false"),
        ("answer", {"question": "x", "articles": "one"}, "articles is a list"),
        ("answer", {"question": "x", "source": [7]}, "source is a list of texts"),
        ("search", {"question": "x", "articles": ["x"] * 1_001}, "articles has more than 1,000"),
        ("search", {"question": "x", "k": 0}, "k is a whole number from 1 to 100"),
        ("search", {"question": "x", "k": "many"}, "k is a whole number"),
        ("articles", {"article_id": "none"}, "no article 'none' in the index"),
        ("articles", {"limit": 10**9}, "limit is a whole number from 1 to 1,000"),
        ("add", {}, "nothing to add"),
        ("add", {"title": "alone"}, "a title without a text"),
        ("add", {"text": "x" * 5_001}, "longer than 5,000 characters"),
        ("add", {"urls": ["/etc/passwd"]}, "not a usable web address"),
        ("add", {"urls": ["file:///etc/passwd"]}, "not a usable web address"),
        ("add", {"urls": ["http://a.example/"] * 21}, "more than 20 addresses"),
        ("add", {"files": "x"}, "files is a list"),
        ("add", {"files": ["/etc/passwd"]}, "files is a list of uploaded files"),
        ("add", {"files": [{"path": "/etc/passwd"}]}, "not an uploaded file: 'passwd'"),
        ("add", {"files": [{"path": "\0"}]}, "not an uploaded file"),
        ("add", {"files": [{"path": "x"}] * 4}, "more than 3 files"),
        ("remove", {"article_ids": []}, "nothing to remove"),
        ("remove", {"article_ids": ["none"]}, "no article 'none' in the index; nothing was"),
        ("remove", {"article_ids": ["x"] * 3 + [7]}, "article_ids is a list of texts"),
        ("answer", {"question": "x", "history": [["x"]]}, "a history is a list of pairs"),
        ("answer", {"question": "x", "history": "x"}, "a history is a list of pairs"),
        ("answer", {"question": "x", "history": [["x", 1]]}, "a history is a list of pairs"),
        ("answer", {"question": "x", "history": [["x", "y"]] * 101}, "a history may have 100 q"),
        ("answer", {"question": "x", "history": [["x", "y" * 20_001]]}, "a text of a history may"),
        ("answer", {"no_such": 1}, "400 no such endpoint, or not its parameters"),
        ("no-such", {}, "400 no such endpoint"),
    ],
)
def test_endpoint_error_is_one_line(
    client: httpx.Client, bot: NewsBot, name: str, given: dict[str, Any], line: str
) -> None:
    before = bot.status().generation
    told = call(client, name, **given)
    assert isinstance(told, str) and told.startswith(line), told
    assert "\n" not in told and str(bot.index) not in told
    assert bot.status().generation == before


def test_uploaded_file_is_added_cited_and_removed(
    gradio: Any, client: httpx.Client, tmp_path: Path
) -> None:
    from gradio_client import handle_file

    path = tmp_path / "regatta.txt"
    path.write_bytes(REGATTA)
    added = gradio.predict(files=[handle_file(str(path))], api_name="/add")
    assert (added["added"], added["failures"]) == (1, [])
    [cited] = call(client, "answer", question=WHO_WON)["citations"]
    assert cited["article_id"].startswith("regatta-") and "Ottoline" in cited["quote"]
    again = gradio.predict(files=[handle_file(str(path))], api_name="/add")
    assert (again["added"], again["unchanged"]) == (0, 1), "the same upload is one article"
    gone = gradio.predict([cited["article_id"]], api_name="/remove")
    assert gone["removed"] == 1
    assert call(client, "answer", question=WHO_WON)["refused"]


def upload(client: httpx.Client, *files: tuple[str, bytes]) -> httpx.Response:
    return client.post("/gradio_api/upload", files=[("files", file) for file in files])


def as_files(paths: list[str]) -> list[dict[str, Any]]:
    return [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]


@pytest.mark.parametrize(
    "name",
    [
        "../../../../tmp/newsbot-escaped.txt",
        "..\\..\\newsbot-escaped.txt",
        "/tmp/newsbot-escaped.txt",
        "a\0b.txt",
        "<img src=x onerror=alert(1)>.txt",
        "..",
        "." * 300 + ".txt",
        "é" * 300 + ".txt",
        "\u202etxt.exe.txt",
    ],
)
def test_file_name_cannot_leave_the_upload_folder(
    client: httpx.Client, bot: NewsBot, name: str
) -> None:
    from bot.server.app import upload_folder

    reply = upload(client, (name, REGATTA + name.encode()))
    if reply.status_code == 200:
        [path] = reply.json()
        assert Path(path).resolve().is_relative_to(upload_folder())
        added = call(client, "add", files=as_files([path]))
        if isinstance(added, dict) and added["added"]:
            [made] = [one.id for one in bot.articles() if "zeppelin regatta" in one.text]
            assert "/" not in made and not made.startswith(".") and "<" not in made
            assert call(client, "remove", article_ids=[made])["removed"] == 1
    assert not Path("/tmp/newsbot-escaped.txt").exists()


def test_large_file_is_refused_while_it_arrives(client: httpx.Client) -> None:
    reply = upload(client, ("large.txt", b"x" * 200_001))
    assert reply.status_code == 413
    assert "maximum allowed size" in reply.text


def test_unreadable_file_is_named_without_its_path(client: httpx.Client) -> None:
    paths = upload(client, ("broken.pdf", b"%PDF-nonsense"), ("good.txt", REGATTA)).json()
    added = call(client, "add", files=as_files(paths))
    assert added["added"] == 1
    [failure] = added["failures"]
    assert failure["name"].startswith("broken-") and "/" not in failure["name"]
    ids = [one["id"] for one in call(client, "articles", limit=1_000)["articles"]]
    assert call(client, "remove", article_ids=[i for i in ids if i.startswith("good-")])


def test_pasted_text_is_cited_for_another_client(client: httpx.Client, site: str) -> None:
    text = "The heron census of Mossbeck counted 731 herons, the warden said."
    added = call(client, "add", title="Heron census", text=text)
    assert added["added"] == 1
    with httpx.Client(base_url=site, timeout=60) as other:
        reply = call(other, "answer", question="How many herons did the Mossbeck census count?")
    [cited] = reply["citations"]
    assert cited["title"] == "Heron census" and "731" in cited["quote"]
    assert call(client, "remove", article_ids=[cited["article_id"]])["removed"] == 1


def test_address_of_the_local_network_is_not_fetched(client: httpx.Client, site: str) -> None:
    added = call(client, "add", urls=[f"{site}/healthz"])
    assert added["added"] == 0
    [failure] = added["failures"]
    assert "local network" in failure["cause"]


def test_questions_are_answered_during_a_rebuild(client: httpx.Client, site: str) -> None:
    before = call(client, "articles")["total"]
    records = [
        {"id": f"r{n}", "title": f"Report {n}", "text": f"Town {n} counted {n} storks. " * 30}
        for n in range(30)
    ]
    data = "\n".join(json.dumps(record) for record in records).encode()
    [path] = upload(client, ("many.jsonl", data)).json()
    done: list[Any] = []

    def add() -> None:
        with httpx.Client(base_url=site, timeout=240) as other:
            done.append(call(other, "add", files=as_files([path])))

    adding = threading.Thread(target=add)
    adding.start()
    seen = []
    while adding.is_alive():
        told = call(client, "status")
        if told["change"]["running"]:
            assert not call(client, "answer", question=SAMPLE)["refused"]
            seen.append(told["articles"])
        time.sleep(0.05)
    adding.join()
    assert seen and set(seen) == {before}, "the old state until the new one is whole"
    assert done[0]["added"] == 30
    ids = [one["id"] for one in call(client, "articles", limit=1_000)["articles"]]
    ours = [one for one in ids if one.startswith("many-")]
    assert call(client, "remove", article_ids=ours)["removed"] == 30
