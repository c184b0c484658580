"""Kills writers at random points: ``python -m tests.fakes.crash_writer FOLDER SEED POINTS``.

A process of its own, because it forks: neither FAISS nor tantivy may have begun a thread in it.
Each writer is a fork that is killed after a random time, each look at the index another fork. One
more process asks all the while. What was found is printed as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from index.builder import build_index, remove_articles
from index.names.tagger import shipped_tagger
from index.searcher import Searcher
from index.store import dense
from tests.fakes.embedder import HashedEmbedder

State = dict[str, str]


def main(folder: Path, seed: int, points: int) -> None:
    shipped_tagger()  # or each fork would load it
    chance = random.Random(seed)
    articles, index = folder / "articles", folder / "index"
    articles.mkdir()
    dense.MOST_RECENT = 3  # so that some writers are killed while they make the base anew
    for name in ("ferry", "bridge", "school", "choir"):
        write(articles, name, 0)
    whole(lambda: build(articles, index))
    asker = fork(lambda: ask(index, folder / "stop", folder / "asked"))
    usual = []
    for turn in range(5):  # how long a writer takes that nobody kills
        write(articles, f"new{turn}", turn)
        usual.append(whole(lambda: build(articles, index)))
    longest = 1.5 * median(usual)  # some are killed after they have finished
    state = look(index)
    kinds = {"add": 0, "replace": 0, "remove": 0, "prune": 0}
    outcomes = {"old": 0, "new": 0}
    wrong: list[str] = []
    for turn in range(points):
        kind = chance.choice(sorted(kinds))
        kinds[kind] += 1
        work, after = change(kind, turn, state, articles, index, chance)
        writer = fork(work)
        time.sleep(chance.uniform(0, longest))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        now = look(index)
        if now not in (state, after):
            wrong.append(f"{kind} in turn {turn}: {sorted(now)}")
        outcomes["new" if now == after and now != state else "old"] += 1
        state = now
    (folder / "stop").touch()
    failed = os.waitpid(asker, 0)[1]
    asked = int((folder / "asked").read_text())
    print(json.dumps({
        "kinds": kinds, "outcomes": outcomes, "wrong": wrong, "asked": asked, "failed": failed,
    }))  # fmt: skip


def change(
    kind: str, turn: int, state: State, articles: Path, index: Path, chance: random.Random
) -> tuple[Callable[[], None], State]:
    """Do to the files what the writer is then to find; give the writer, and the state it leads to.

    The files say what the index should hold, but for what was removed by id: so the files of
    articles that are not in the index go first.
    """
    for file in articles.iterdir():
        if file.name not in state:
            file.unlink()
    for name, text in state.items():  # what a turn that was killed had changed or removed
        (articles / name).write_text(text)
    known = sorted(state)
    if kind == "add" or len(known) < 3:
        write(articles, f"added{turn}", turn)
        return lambda: build(articles, index), held(articles)
    victim = chance.choice(known)
    if kind == "replace":
        write(articles, victim.removesuffix(".txt"), turn + 1_000)
        return lambda: build(articles, index, rebuild=turn % 2 == 0), held(articles)
    (articles / victim).unlink()
    after = {name: text for name, text in state.items() if name != victim}
    if kind == "remove":
        return lambda: _remove(victim, index), after
    return lambda: build(articles, index, prune=True), after


def write(articles: Path, name: str, number: int) -> None:
    sentences = " ".join(
        f"Report {number} says that the {name} was seen {n} times." for n in range(16)
    )
    (articles / f"{name}.txt").write_text(f"About the {name}\n\n{sentences}\n")


def held(articles: Path) -> State:
    return {file.name: file.read_text() for file in articles.iterdir()}


def build(articles: Path, index: Path, prune: bool = False, rebuild: bool = False) -> None:
    build_index([articles], index, embedder=HashedEmbedder(), prune=prune, rebuild=rebuild)


def _remove(name: str, index: Path) -> None:
    remove_articles([name], index)


def look(index: Path) -> State:
    """Open the index in a fork, and tell what it holds, as the files had it."""
    reading, writing = os.pipe()
    looker = os.fork()
    if looker == 0:
        os.close(reading)
        status = 1
        try:
            searcher = Searcher.open(index, HashedEmbedder())
            found = {a.id: f"{a.title}\n\n{a.text}\n" for a in searcher.articles()}
            assert searcher.search("report").hits
            with os.fdopen(writing, "w") as pipe:
                json.dump(found, pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    if os.waitpid(looker, 0)[1] != 0:
        return {"the index could not be opened": ""}
    state: State = json.loads(text)
    return state


def ask(index: Path, stop: Path, asked: Path) -> None:
    """Open the newest generation and ask it, again and again; any error ends the process."""
    count = 0
    while not stop.exists():
        hits = Searcher.open(index, HashedEmbedder()).search("seen report ferry").hits
        for hit in hits:
            text = hit.article.text[hit.passage.start : hit.passage.end]
            assert text == hit.passage.text and "was seen" in text
        count += bool(hits)
        time.sleep(0.05)
    asked.write_text(str(count))


def whole(work: Callable[[], None]) -> float:
    """Run something in a fork until it has ended; give the seconds that it took."""
    began = time.monotonic()
    assert os.waitpid(fork(work), 0)[1] == 0
    return time.monotonic() - began


def fork(work: Callable[[], None]) -> int:
    """Run something in a fork of this process; give its number."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
