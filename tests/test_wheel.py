"""What is installed from the wheel works by itself, outside the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.offline import sitecustomize as offline

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "corpus", "index")
FOR_THE_CHECKOUT = {
    "bot/chat/static/page.png",
    "bot/server/README.md",
    "bot/watching/README.md",
    "index/store/SIZING.md",
    "index/store/cluster/README.md",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which newsbot is installed, without its dependencies."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, source / package, ignore=ignored)
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--no-compile"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", *options, "--target", site, source],
        check=True,
        timeout=120,
    )
    return site


def _files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_wheel_holds_every_file_of_the_packages(site: Path) -> None:
    assert _files(site) == _files(ROOT) - FOR_THE_CHECKOUT


def test_installed_command_answers_outside_the_checkout(site: Path, tmp_path: Path) -> None:
    python_path = os.pathsep.join([str(Path(offline.__file__).parent), str(site)])

    def newsbot(*words: str | Path) -> str:
        return subprocess.run(
            [site / "bin" / "newsbot", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": python_path, "NEWSBOT_INDEX": str(tmp_path / "index")},
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        ).stdout

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert newsbot("--version") == f"newsbot {project['version']}\n"
    assert "13 added" in newsbot("index", site / "corpus" / "samples" / "articles")
    assert newsbot("ask", "who denied the missile attack?").startswith("Kataib Hezbollah")
