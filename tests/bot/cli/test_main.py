"""The newsbot command as a user and as another program meets it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.answering.answers import CLOSEST, REFUSAL
from bot.citing.permalinks import PermalinkStore, permalink_file
from bot.newsbot import NewsBot
from tests.fakes.invented import link_shipped_reader
from tests.fakes.running import QUESTION, Capture, output_of


def test_ask_json_is_the_answer_with_exact_quotes(samples_index: Path, capsys: Capture) -> None:
    status, out, err = output_of(capsys, "ask", QUESTION, "--index", samples_index, "--json")
    answer = json.loads(out)
    assert (status, err) == (0, "")
    assert set(answer) == {
        *("text", "short_answer", "refused", "confidence", "citations", "alternatives", "closest"),
        *("timings", "notes", "question_read_as", "answered_by", "statements", "dropped", "views"),
        *("listing", "events"),
    }
    assert answer["text"].startswith(answer["short_answer"])
    assert not answer["refused"] and 0 <= answer["confidence"] <= 1
    assert "denied" in answer["citations"][0]["quote"]
    bot = NewsBot(samples_index)
    for cited in answer["citations"]:
        article = bot.article(cited["article_id"])
        assert cited["author"] == article.author
        assert article.text[cited["start"] : cited["end"]] == cited["quote"]
        assert article.title == cited["title"]
        assert f"[{cited['number']}]" in answer["text"]


def test_ask_prints_the_answer_and_its_sources(samples_index: Path, capsys: Capture) -> None:
    cited = NewsBot(samples_index).answer(QUESTION).citations[0]
    status, out, err = output_of(capsys, "ask", QUESTION, "--index", samples_index)
    assert (status, err) == (0, "")
    prose, sources = out.split("\n\n", 1)
    assert "Kataib Hezbollah" in prose and prose.endswith(f"“{cited.quote}” [1]")
    assert sources.startswith(f"[1] {cited.title}")
    assert f"{cited.article_id}  characters {cited.start}-{cited.end}\n" in sources
    assert f'"{cited.quote}"' in sources


def test_ask_prints_the_citations_for_a_reference_manager(
    samples_index: Path, capsys: Capture
) -> None:
    words = ("ask", QUESTION, "--index", samples_index, "--format")
    status, out, err = output_of(capsys, *words, "bibtex")
    assert (status, err) == (0, "")
    assert out.startswith("@") and "title = {{Trump blames Iran" in out
    assert output_of(capsys, *words, "markdown", "--until", "2030-01-01")[1].startswith("# ")
    status, out, err = output_of(capsys, *words, "ris", "--until", "1990-01-01")
    assert (status, out) == (0, "") and "nothing is cited" in err
    for more in ("--json", "--csv", "--interactive"):
        assert output_of(capsys, *words, "ris", more)[0] == 2


def test_ask_keeps_the_answer_under_an_address(
    samples_index: Path, tmp_path: Path, capsys: Capture
) -> None:
    own = shutil.copytree(samples_index, tmp_path / "index")
    store = PermalinkStore(permalink_file(own))
    words = ("ask", QUESTION, "--index", own, "--permalink")
    status, out, err = output_of(capsys, *words)
    kept = store.find(err.strip().removeprefix("kept as /a/"))
    assert status == 0 and kept and out.startswith(kept.answered.answer.text)
    told = json.loads(output_of(capsys, *words, "--json")[1])
    assert store.find(told["permalink"].removeprefix("/a/"))
    assert output_of(capsys, *words, "--interactive")[0] == 2


def test_refusal_is_one_sentence_and_no_error(samples_index: Path, capsys: Capture) -> None:
    words = ("ask", "What is the capital of France?", "--index", samples_index)
    assert output_of(capsys, *words) == (0, f"{REFUSAL}\n", "")
    refused = json.loads(output_of(capsys, *words, "--json")[1])
    assert refused["refused"] and refused["citations"] == []
    assert refused["closest"] == []


@pytest.fixture
def half_sure(tmp_path: Path) -> Path:
    return link_shipped_reader(tmp_path / "reader")


def test_level_and_reader_decide_about_a_refusal(
    samples_index: Path, half_sure: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("ask", QUESTION, "--index", samples_index, "--reader", half_sure)
    assert "Kataib Hezbollah" in output_of(capsys, *words)[1]
    refused = output_of(capsys, *words, "--level", "cautious")
    assert refused[1].startswith(f"{REFUSAL}\n\n{CLOSEST} ")
    assert "Kataib Hezbollah denied" in refused[1]
    monkeypatch.setenv("NEWSBOT_READER", str(half_sure))
    monkeypatch.setenv("NEWSBOT_LEVEL", "cautious")
    assert output_of(capsys, *words[:-2]) == refused
    assert REFUSAL not in output_of(capsys, *words[:-2], "--level", "eager")[1]


def test_alternatives_are_printed_with_their_sources(
    samples_index: Path, half_sure: Path, capsys: Capture
) -> None:
    question = "How many passengers did the Grelle ferry carry?"
    words = ("ask", question, "--index", samples_index, "--reader", half_sure)
    answer = json.loads(output_of(capsys, *words, "--json")[1])
    lines = output_of(capsys, *words)[1].splitlines()
    every = [*answer["citations"]]
    expected = []
    for other in answer["alternatives"]:
        marks = " ".join(f"[{cited['number']}]" for cited in other["citations"])
        expected.append(f"or: {other['short_answer']} {marks}")
        every += other["citations"]
    assert [line for line in lines if line.startswith("or: ")] == expected
    headings = [line for line in lines if re.match(r"\[\d+\] ", line)]
    assert [int(line[1 : line.index("]")]) for line in headings] == [c["number"] for c in every]
    assert [c["number"] for c in every] == list(range(1, len(every) + 1))


@pytest.mark.parametrize(
    ("words", "environ", "line"),
    [
        (["ask", "x", "--reader", "none"], {}, "no reader 'none'.*"),
        (["search", "x", "--reader", "none"], {}, "no reader 'none'.*"),
        (["ask", " \n"], {}, ".*empty.*"),
        (["status"], {"NEWSBOT_INDX": "x"}, "unknown setting NEWSBOT_INDX .*"),
        *(
            ([*words, "--index", "none"], {}, "no index at .*newsbot index .*newsbot ask .*")
            for words in (["ask", "x"], ["search", "x"], ["remove", "x"], ["status"], ["chat"])
        ),
    ],
)
def test_failure_is_one_line_and_status_1(
    samples_index: Path,
    tmp_path: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    environ: dict[str, str],
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    words = words if "--index" in words else [*words, "--index", str(samples_index)]
    status, out, err = output_of(capsys, *words)
    assert (status, out) == (1, "")
    assert re.fullmatch(f"newsbot: {line}\n", err)
    assert not list(tmp_path.iterdir())


def test_long_question_is_cut_with_a_note(samples_index: Path, capsys: Capture) -> None:
    words = ("search", "missile attack " * 5000, "--index", samples_index, "--json")
    status, out, err = output_of(capsys, *words)
    assert status == 0 and json.loads(out)
    assert re.fullmatch(r"note: .*cut.*\n", err)


def test_index_of_the_environment_is_asked_unless_one_is_named(
    samples_index: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", str(samples_index))
    assert json.loads(output_of(capsys, "status", "--json")[1])["path"] == str(samples_index)
    monkeypatch.setenv("NEWSBOT_INDEX", "/data/news")
    named = ("status", "--json", "--index", samples_index)
    assert json.loads(output_of(capsys, *named)[1])["path"] == str(samples_index)


def test_search_json_is_a_list_of_exact_hits(samples_index: Path, capsys: Capture) -> None:
    status, out, err = output_of(
        capsys, "search", QUESTION, "-k", "3", "--json", "--index", samples_index
    )
    hits = json.loads(out)
    assert (status, err, len(hits)) == (0, "", 3)
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    bot = NewsBot(samples_index)
    for hit in hits:
        assert {"article_id", "title", "start", "end", "text", "score"} <= set(hit)
        assert bot.article(hit["article_id"]).text[hit["start"] : hit["end"]] == hit["text"]


def test_search_without_reader_keeps_the_order_found(
    samples_index: Path, tmp_path: Path, capsys: Capture
) -> None:
    words = ("search", QUESTION, "-k", "20", "--json", "--index", samples_index)
    unread = json.loads(output_of(capsys, *words, "--no-rerank")[1])
    hits = NewsBot(samples_index).search(QUESTION, 20, rerank=False)
    assert unread == [hit.to_dict() for hit in hits]
    absent = (*words, "--no-rerank", "--reader", tmp_path / "none")
    assert json.loads(output_of(capsys, *absent)[1]) == unread, "no reader is needed for that"
    read, told = (json.loads(output_of(capsys, *words, *more)[1]) for more in ((), ("--rerank",)))

    def places(found: list[dict[str, Any]]) -> list[tuple[str, int]]:
        return [(hit["article_id"], hit["start"]) for hit in found]

    assert places(read) == places(told)
    assert sorted(places(read)) == sorted(places(unread))


def test_search_keeps_to_the_named_publishers(samples_index: Path, capsys: Capture) -> None:
    sources = {article.source for article in NewsBot(samples_index).articles() if article.source}
    wanted = min(sources)
    words = ("search", "town", "--json", "--index", samples_index)
    hits = json.loads(output_of(capsys, *words, "--source", wanted)[1])
    assert hits and {hit["source"] for hit in hits} == {wanted}
    both = [part for name in sorted(sources)[:2] for part in ("--source", name)]
    hits = json.loads(output_of(capsys, *words, *both)[1])
    assert {hit["source"] for hit in hits} == set(sorted(sources)[:2])


def test_ask_keeps_to_the_named_articles(samples_index: Path, capsys: Capture) -> None:
    words = ("ask", QUESTION, "--json", "--index", samples_index, "--article")
    answer = json.loads(output_of(capsys, *words, "baghdad-embassy.txt", "--level", "eager")[1])
    assert {cited["article_id"] for cited in answer["citations"]} == {"baghdad-embassy.txt"}
    status, out, err = output_of(capsys, *words, "no-such-article")
    assert (status, json.loads(out)["refused"]) == (0, True)
    assert "No article passes the filters." in err


def test_search_prints_numbered_hits_or_none(samples_index: Path, capsys: Capture) -> None:
    words = ("search", "missile attack", "-k", "2", "--index", samples_index)
    assert re.findall(r"^(\d)\. ", output_of(capsys, *words)[1], re.MULTILINE) == ["1", "2"]
    status, out, _ = output_of(capsys, *words, "--source", "Nobody")
    assert (status, out) == (0, "nothing found\n")
