"""Questions of many threads while the index is built anew: one generation for each answer."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from bot.answering.answers import Answer
from bot.newsbot import NewsBot
from index.builder import build_index
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader, write_calibration

THREADS, REBUILDS = 32, 20
PAPERS = {  # far from each other, or they would be copies of one article
    "north": "Snow lay on the roads, ploughs were out since midnight, and schools kept their doors "
    "shut while farmers dug out sheep",
    "south": "A brass band played in the harbour, children ate ices, and two fishermen quarrelled "
    "about the price of herring",
    "east": "The bakery burned down to its cellar; neighbours saved the ovens, the cat and a sack "
    "of rye",
    "west": "Engineers blamed rust for the broken bridge, and a committee asked for money, steel "
    "and patience",
}
_EDITION = re.compile(r"edition (\d+)", re.IGNORECASE)


def write(folder: Path, index: Path, number: int) -> None:
    """Let every article say of which generation it is, and build."""
    for paper, news in PAPERS.items():
        text = f"{news}, reports edition {number}, and the {paper} held its ballot on Monday."
        (folder / f"{paper}.txt").write_text(f"Ballot of the {paper}, edition {number}\n\n{text}")
    build_index([folder], index, embedder=HashedEmbedder())


def editions(answer: Answer) -> set[int]:
    """Which generations an answer's words, its sources and its other answers are of."""
    cited = [*answer.citations, *(one for other in answer.alternatives for one in other.citations)]
    words = [answer.text, *(text for one in cited for text in (one.quote, one.title))]
    assert len({one.article_id for one in cited}) == 3, "an answer of one article mixes nothing"
    return {int(found) for text in words for found in _EDITION.findall(text)}


def test_answers_during_rebuilds_are_of_one_generation(tmp_path: Path) -> None:
    folder, index = tmp_path / "articles", tmp_path / "index"
    folder.mkdir()
    write(folder, index, 0)
    reader = PhraseReader("on Monday", folder=write_calibration(tmp_path / "reader"))
    newsbot = NewsBot(index, embedder=HashedEmbedder(), reader=reader, threshold=0)
    done = threading.Event()
    wrong: list[object] = []
    seen: list[list[int]] = []

    def ask() -> None:
        mine: list[int] = []
        try:
            while not done.wait(0.05) or not mine:  # or nothing would be left for the writer
                found = editions(newsbot.answer("When was the ballot held?"))
                hits = newsbot.search("ballot", 9, rerank=False)
                hit = {int(_EDITION.findall(one.article.text)[0]) for one in hits}
                if len(found) != 1 or len(hit) != 1 or len(hits) != len(PAPERS):
                    wrong.append((found, hit))
                mine += [*found, *hit]
        except BaseException as error:
            wrong.append(error)
            raise
        seen.append(mine)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for number in range(1, REBUILDS + 1):
        write(folder, index, number)
    done.set()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert len(seen) == THREADS
    assert all(mine == sorted(mine) for mine in seen), "an answer was older than one before it"
    assert len({number for mine in seen for number in mine}) > REBUILDS / 2, "too few were asked"
    assert editions(newsbot.answer("When was the ballot held?")) == {REBUILDS}
