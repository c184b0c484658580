"""The README of the server names what there is."""

from __future__ import annotations

import re
from pathlib import Path

from bot.access.rate_limits import ServerLimits
from bot.server import config
from tests.bot.server.test_endpoints import NAMES
from tests.fakes.running import Capture, output_of

README = (Path(config.__file__).parent / "README.md").read_text(encoding="utf-8")


def test_server_readme_names_every_endpoint_and_option(capsys: Capture) -> None:
    assert set(re.findall(r"^\| `(/\w+)` \|", README, re.MULTILINE)) == NAMES
    out = output_of(capsys, "chat", "--help")[1]
    named = set(re.findall(r"--[a-z][a-z-]+", README))
    common = {"--index", "--port", "--reader", "--level", "--help"}
    assert named == set(re.findall(r"(--[a-z-]+)", out)) - common


def test_server_readme_gives_the_default_limits() -> None:
    limits = ServerLimits()
    table = README.partition("## Limits")[2].partition("\n## ")[0]
    for value in (limits.requests_a_minute, limits.question, limits.text, limits.waiting):
        assert re.search(rf"\b{value:,}\b", table)
    for size in (limits.file_bytes, limits.upload_bytes, limits.body_bytes):
        assert f"{size // 1_000_000} MB" in table
