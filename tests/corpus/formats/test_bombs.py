"""Small files that would fill memory or time are refused before they do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.fakes.bombs import BOMBS

ROOT = Path(__file__).parents[3]


def test_no_file_takes_more_than_ten_seconds_or_a_gigabyte() -> None:
    command = [sys.executable, "-m", "tests.fakes.bombs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [one["name"] for one in told] == list(BOMBS)
    for one in told:
        assert one["seconds"] < 10 and one["megabytes"] < 1_000, one
        assert one["causes"], f"{one['name']}: nothing is said of it"
