"""What the Makefile does beside calling other programs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.samples import samples_folder

MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("indexed", [False, True])
def test_samples_are_indexed_only_without_an_index(
    tmp_path: Path, samples_index: Path, indexed: bool
) -> None:
    program = re.search(
        r"^define SAMPLES_IF_NO_INDEX\n(.*?)^endef", MAKEFILE, re.DOTALL | re.MULTILINE
    )
    assert program
    index = samples_index if indexed else tmp_path / "none"
    printed = subprocess.run(
        [sys.executable, "-c", program[1]],
        env={**os.environ, "NEWSBOT_INDEX": str(index)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert printed == ("" if indexed else f"{samples_folder()}\n")
