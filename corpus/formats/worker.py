"""The process that parses files for another one, which ends it where that takes too long.

It reads requests from standard input: a line of JSON, then the file's bytes. For each it writes a
line of JSON to standard output: the records found, or an error. It ends with its input.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from dataclasses import asdict
from importlib import import_module
from typing import Any

from corpus.errors import UnreadableArticle

__all__ = ["main"]

_MOST_MEMORY = 8_000_000_000
"""Bytes of address space, where the system can hold a process to that."""


def main() -> None:
    """Answer requests until there are no more."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)  # what a parser prints is no answer
    while header := requests.readline():
        request = json.loads(header)
        data = requests.read(request["size"])
        if len(data) < request["size"]:
            return
        _limit(request["seconds"])
        answers.write(json.dumps(_answer(request, data)).encode() + b"\n")
        answers.flush()


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        parse = import_module(request["module"]).parse
        found = parse(data, request["name"], **request["options"])
        return {"records": [(type(one).__name__, asdict(one)) for one in found]}
    except UnreadableArticle as error:
        return {"error": str(error)}
    except (MemoryError, RecursionError):
        return {"error": "too large or too deeply nested to be parsed"}
    except Exception as error:  # a parser's fault, ours too, is to cost this file and no other
        return {"error": f"cannot be parsed ({type(error).__name__})"}


def _limit(seconds: float) -> None:
    """Let the system end this process after so much more processor time."""
    if sys.platform == "win32":
        return
    import resource

    soft = math.ceil(time.process_time() + seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard < 0 or hard > _MOST_MEMORY:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, hard))
        except (OSError, ValueError):  # macOS
            pass
