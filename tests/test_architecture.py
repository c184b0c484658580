"""The rules of the house hold for this tree, and each of them is able to fail."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests import architecture
from tests.source_tree import Module, read_tree

ROOT = Path(__file__).resolve().parent.parent
OURS = read_tree(ROOT)
WITH_TESTS = {**OURS, **read_tree(ROOT, ["tests"])}


def _project() -> dict[str, list[str]]:
    """Give the names of the distributions asked for, by extra; ``""`` for always."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [_name(line) for line in lines] for extra, lines in asked.items()}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found[0].lower().replace("_", "-")


def _tree(root: Path, **files: str) -> dict[str, Module]:
    """Write a small tree; ``bot__cli`` stands for bot/cli.py, ``bot__`` for its ``__init__.py``."""
    for name, source in files.items():
        *folders, last = name.split("__", 1) if "__" in name else [name]
        path = root.joinpath(*folders, f"{last or '__init__'}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return read_tree(root)


def _top_level() -> Iterable[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    tracked = {path.partition("/")[0] for path in listed.split("\0") if path}
    made = re.compile(r"build|dist|htmlcov|__pycache__|.*\.egg-info")
    return tracked or [path.name for path in ROOT.iterdir() if not made.fullmatch(path.name)]


def test_the_rules_are_applied_to_the_whole_tree() -> None:
    assert {"corpus.article", "index.builder", "bot.cli.main", "app"} <= OURS.keys()


def test_imports_go_from_bot_to_index_to_corpus() -> None:
    assert architecture.upward_imports(OURS) == []


@pytest.mark.parametrize(
    "source",
    ["import bot", "from bot.cli import main", "def f():\n    import app", "import tests.conftest"],
)
def test_an_import_upward_is_found(tmp_path: Path, source: str) -> None:
    assert architecture.upward_imports(_tree(tmp_path, index__a=source)) != []


def test_an_import_downward_is_no_violation(tmp_path: Path) -> None:
    tree = _tree(tmp_path, app="import bot", bot__a="import index, corpus.article")
    assert architecture.upward_imports(tree) == []


def test_no_modules_import_each_other_in_a_ring() -> None:
    assert architecture.cycles(OURS) == []


@pytest.mark.parametrize(
    "closing",
    ["import bot.a", "from bot.a import x", "from bot import a", "def f():\n    from . import a"],
)
def test_a_ring_of_imports_is_found(tmp_path: Path, closing: str) -> None:
    tree = _tree(tmp_path, bot__a="import bot.b", bot__b="from .c import x", bot__c=closing)
    assert architecture.cycles(tree) == ["bot.a -> bot.b -> bot.c -> bot.a"]


def test_two_ways_to_one_module_are_no_ring(tmp_path: Path) -> None:
    tree = _tree(tmp_path, bot__a="import bot.b, bot.c", bot__b="import bot.c", bot__c="")
    assert architecture.cycles(tree) == []


def test_no_module_imports_the_root_of_its_own_package() -> None:
    assert architecture.root_imports(OURS) == []


@pytest.mark.parametrize("source", ["import bot", "from bot import NewsBot", "from . import x"])
def test_an_import_of_the_own_root_is_found(tmp_path: Path, source: str) -> None:
    assert architecture.root_imports(_tree(tmp_path, bot__="", bot__a=source)) != []


def test_an_import_of_another_package_s_root_is_no_violation(tmp_path: Path) -> None:
    source = "from corpus import Article\nimport bot.b"
    tree = _tree(tmp_path, corpus__="", bot__a=source, bot__b="")
    assert architecture.root_imports(tree) == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert architecture.forbidden_names(WITH_TESTS) == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_a_module_or_folder_named_for_nothing_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / "corpus" / name).mkdir(parents=True)
    (tmp_path / "corpus" / name / "a.py").write_text("")
    tree = _tree(tmp_path, **{f"bot__{name}": "", "bot__a": ""})
    assert architecture.forbidden_names(tree) == [f"corpus.{name}.a", f"bot.{name}"]


def test_every_all_is_complete_and_sorted() -> None:
    assert architecture.incomplete_all(OURS) == []


@pytest.mark.parametrize(
    ("source", "violation"),
    [
        ("def f(): ...", "has no __all__ that is a plain list of names"),
        ("import os\nX: int = 1", "has no __all__ that is a plain list of names"),
        ("__all__ = ['f', 'X1']\nX1 = 1\ndef f(): ...", "__all__ is not sorted"),
        ("__all__ = ['f', 'f']\ndef f(): ...", "__all__ is not sorted"),
        ("__all__ = []\nclass A: ...", "A is not in __all__"),
        ("__all__ = []\nif True:\n    A = 1", "A is not in __all__"),
        ("__all__ = []\na, (b, _c) = 1, (2, 3)", "a is not in __all__"),
        ("__all__ = ['gone']", "__all__ has gone"),
        ("__all__ = ['P']\nif TYPE_CHECKING:\n    from pathlib import P", "__all__ has P"),
    ],
)
def test_an_all_that_is_not_right_is_found(tmp_path: Path, source: str, violation: str) -> None:
    found = architecture.incomplete_all(_tree(tmp_path, bot__a=source))
    assert any(violation in line for line in found), found


def test_a_root_that_leaves_out_what_it_imports_from_its_package_is_found(tmp_path: Path) -> None:
    root = "from bot.a import f, g\n__all__ = ['f']"
    found = architecture.incomplete_all(_tree(tmp_path, bot__=root, bot__a="__all__ = []"))
    assert found == ["bot: g is not in __all__"]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "import os\n_private = 1",
        "__all__ = ['C', 'Ab', 'f']\nC = 1\nclass Ab: ...\ndef f(): ...",
        "__all__ = []\n@app.command(name='ask')\ndef ask(): ...",
        "__all__ = ['f']\nif TYPE_CHECKING:\n    from b import f\ndef __getattr__(name): ...",
    ],
)
def test_an_all_that_is_right_passes(tmp_path: Path, source: str) -> None:
    assert architecture.incomplete_all(_tree(tmp_path, bot__a=source)) == []


def test_a_module_private_to_its_package_needs_no_all(tmp_path: Path) -> None:
    assert architecture.incomplete_all(_tree(tmp_path, bot___a="def f(): ...")) == []


def test_the_top_level_has_what_the_design_lists_and_nothing_else() -> None:
    names = {*_top_level()}
    assert {"bot", "corpus", "index", "tests", "app.py", "pyproject.toml"} <= names
    assert architecture.strangers_at_the_top(names) == []


def test_a_stranger_at_the_top_level_is_found() -> None:
    names = [".ci", "bot", "scripts", "setup.py", "Makefile"]
    assert architecture.strangers_at_the_top(names) == ["scripts", "setup.py"]


def test_the_command_line_loads_no_heavy_package_when_imported() -> None:
    assert architecture.loaded_by_import(ROOT, "bot.cli.main") == []


def test_a_heavy_import_behind_another_module_is_found(tmp_path: Path) -> None:
    _tree(tmp_path, bot__="", bot__cli="import bot.a", bot__a="import faiss", faiss="x = 1")
    assert architecture.loaded_by_import(tmp_path, "bot.cli") == ["faiss"]


def test_a_module_that_cannot_be_imported_is_found(tmp_path: Path) -> None:
    _tree(tmp_path, bot__cli="raise ValueError('no')")
    [found] = architecture.loaded_by_import(tmp_path, "bot.cli")
    assert found == "bot.cli cannot be imported: ValueError: no"


def test_nothing_imports_pickle_or_what_stands_on_it() -> None:
    assert architecture.forbidden_imports(WITH_TESTS) == []


@pytest.mark.parametrize("source", ["import pickle", "from joblib import load"])
def test_an_import_of_pickle_is_found(tmp_path: Path, source: str) -> None:
    assert architecture.forbidden_imports(_tree(tmp_path, index__a=source)) != []


def test_no_module_has_more_than_300_lines() -> None:
    assert architecture.long_modules(OURS) == []


def test_a_module_of_301_lines_is_found(tmp_path: Path) -> None:
    tree = _tree(tmp_path, bot__a="x = 1\n" * 301, bot__b="x = 1\n" * 300)
    assert architecture.long_modules(tree) == ["bot.a has 301 lines"]


def test_only_the_settings_read_the_environment() -> None:
    assert architecture.environment_readers(OURS, allowed="bot.settings") == []


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.getenv('A')",
        "import os\nos.environ['A']",
        "import os\nos.environ.get('A')",
        "import os\nf(os.environ)",
        "from os import environ",
    ],
)
def test_a_look_at_the_environment_is_found(tmp_path: Path, source: str) -> None:
    tree = _tree(tmp_path, bot__a=source, bot__settings=source)
    assert len(architecture.environment_readers(tree, allowed="bot.settings")) == 1


def test_setting_a_variable_is_no_look_at_the_environment(tmp_path: Path) -> None:
    source = "import os\nos.environ['A'] = 'b'\nos.environ.setdefault('A', 'b')"
    tree = _tree(tmp_path, bot__a=source)
    assert architecture.environment_readers(tree, allowed="bot.settings") == []


def test_every_package_that_is_imported_is_asked_for() -> None:
    brought = importlib.metadata.packages_distributions()
    always, extras = _project()[""], [*_project()["train"], *_project()["mcp"]]
    assert architecture.undeclared_imports(OURS, [*always, *extras], brought) == []
    with_extras = ("bot.server.mcp_server", "bot.training.boosting", "bot.training.fit_confidence")
    answering = {n: m for n, m in OURS.items() if n not in with_extras}
    assert architecture.undeclared_imports(answering, always, brought) == []


def test_an_import_of_an_undeclared_package_is_found(tmp_path: Path) -> None:
    tree = _tree(tmp_path, bot__a="import os, yaml, rich.table", bot__b="import bot.a, nowhere")
    found = architecture.undeclared_imports(
        tree, ["rich"], {"yaml": ["PyYAML"], "rich": ["rich"], "pytest": ["pytest"]}
    )
    assert found == ["bot.a:1 imports yaml", "bot.b:1 imports nowhere"]


def test_the_constraints_hold_every_package_that_is_asked_for() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    held = {_name(line) for line in lines if line and not line.startswith("#")}
    assert {name for names in _project().values() for name in names} - held == {"newsbot"}
