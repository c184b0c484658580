"""Many people asking one server at once: ``python -m tests.bench.crowd``.

A server of its own (``newsbot chat`` in another process, over the samples or ``--index``) is asked
by people who each wait for an answer before they ask again, as the page does it: into Gradio's
queue, and then reading its events. Any event but a heartbeat is a sign of progress.

- seconds until an answer, p50 and p95; errors; the longest time that anybody waited without a sign;
- with ``--questions N``, that many one after the other beside it, and how much memory the server
  holds after each tenth of them: an hour's worth of a person's questions in minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from tests.bench.datasets import print_result
from tests.fakes.browser import free_port

_RUN = os.urandom(4).hex()
QUESTIONS = (
    "Who denied the missile attack?",
    "How many people had to leave their homes in Merrowford?",
    "Why was the Lantern Theatre closed?",
    "How many passengers did the Grelle ferry carry in 2023?",
    "What is the capital of France?",
    "What happened to the hospital in Ostermere?",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long they go on asking")
    parser.add_argument("--questions", type=int, default=0, help="for the memory; 0 for none")
    parser.add_argument(
        "--index", type=Path, help="an index to ask; the samples are indexed if not"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    with serving(given.index) as (url, process):
        result: dict[str, dict[str, Any]] = {
            "crowd": asyncio.run(crowd(url, given.people, given.seconds))
        }
        if given.questions:
            result["memory"] = asyncio.run(memory(url, process, given.people, given.questions))
    print_result(result, given.json)


@contextmanager
def serving(index: Path | None) -> Iterator[tuple[str, int]]:
    """Run a server; return its address and its process."""
    with tempfile.TemporaryDirectory(prefix="newsbot-crowd-") as folder:
        command = [sys.executable, "-m", "bot.cli.main"]
        if index is None:
            from corpus.samples import samples_folder

            index = Path(folder) / "index"
            subprocess.run(
                [*command, "index", str(samples_folder()), "--index", str(index)],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        port = free_port()
        words = ["chat", "--index", str(index), "--port", str(port), "--requests-a-minute", "0"]
        with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True) as running:
            try:
                assert running.stdout is not None
                if not running.stdout.readline():
                    sys.exit("the server did not start")
                yield f"http://127.0.0.1:{port}", running.pid
            finally:
                running.terminate()


async def crowd(url: str, people: int, seconds: float) -> dict[str, Any]:
    """Let people ask for a while, all at once."""
    limits = httpx.Limits(max_connections=4 * people)
    waits: list[float] = []
    gaps: list[float] = []
    errors: list[str] = []
    async with httpx.AsyncClient(base_url=url, timeout=300, limits=limits) as client:
        function = await _answering(client)
        await _ask(client, function, "warm up", QUESTIONS[0])  # loads the models
        began = time.monotonic()

        async def person(name: int) -> None:
            turn = name
            while time.monotonic() - began < seconds:
                asked = time.monotonic()
                try:
                    gap = await _ask(client, function, f"{name}", QUESTIONS[turn % len(QUESTIONS)])
                except (httpx.HTTPError, RuntimeError) as error:
                    errors.append(f"{type(error).__name__}: {error}")
                else:
                    waits.append(time.monotonic() - asked)
                    gaps.append(gap)
                turn += 1

        await asyncio.gather(*(person(name) for name in range(people)))
        took = time.monotonic() - began
    return {
        "people": people,
        "seconds": took,
        "answers": len(waits),
        "errors": len(errors),
        "first error": errors[0] if errors else "none",
        "answers a second": len(waits) / took,
        "p50, s": _percentile(waits, 50),
        "p95, s": _percentile(waits, 95),
        "longest answer, s": max(waits, default=0.0),
        "longest without a sign, s": max(gaps, default=0.0),
    }


async def memory(url: str, process: int, people: int, questions: int) -> dict[str, Any]:
    """Ask one question after the other, and look at the server's memory on the way."""
    seen = []
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        function = await _answering(client)
        step = max(1, questions // 10)
        for asked in range(1, questions + 1):
            # Of as many people as there are in the crowd, each on a page that stays open.
            question = f"{QUESTIONS[asked % len(QUESTIONS)]} ({asked})"
            await _ask(client, function, f"m{asked % people}", question)
            if asked % step == 0:
                seen.append(_resident(process))
    return {
        "questions": questions,
        "MB after each tenth": [round(one) for one in seen],
        "MB gained in the second half": seen[-1] - seen[len(seen) // 2],
    }


async def _answering(client: httpx.AsyncClient) -> dict[str, Any]:
    """Return what the server says of its function that answers."""
    config = (await client.get("/config")).json()
    named: dict[str, Any] = {one["api_name"]: one for one in config["dependencies"]}
    function: dict[str, Any] = named["answer"]
    return function


async def _ask(
    client: httpx.AsyncClient, function: dict[str, Any], who: str, question: str
) -> float:
    """Ask, wait for the answer, and give the longest time without a sign of progress.

    Raises:
        RuntimeError: it was refused by the server, or failed.
    """
    session = f"{_RUN}-{who}"
    sign = time.monotonic()
    longest = 0.0
    given = [question, *[None] * (len(function["inputs"]) - 1)]
    body = {"data": given, "fn_index": function["id"], "session_hash": session}
    joined = await client.post("/gradio_api/queue/join", json=body)
    if joined.status_code != 200:
        raise RuntimeError(f"{joined.status_code} {joined.text[:100]}")
    told = client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session})
    async with told as events:
        async for line in events.aiter_lines():
            if not line.startswith("data:"):
                continue
            event = json.loads(line[5:])
            if event["msg"] == "heartbeat":
                continue
            now = time.monotonic()
            longest, sign = max(longest, now - sign), now
            if event["msg"] == "process_completed":
                if not event["success"]:
                    raise RuntimeError(f"failed: {event['output']}")
                return longest
    raise RuntimeError("the connection ended without an answer")


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return max(values, default=0.0)
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _resident(process: int) -> float:
    """Return the memory that a process holds, in megabytes."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1_000
    raise OSError(f"process {process} has gone")


if __name__ == "__main__":
    main()
