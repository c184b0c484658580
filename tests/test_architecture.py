"""The rules of the source tree hold, and each of them is able to fail."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import bot
from tests import architecture as rules
from tests.source_tree import Module, read_tree

ROOT = Path(__file__).resolve().parent.parent
OURS = read_tree(ROOT, "corpus", "index", "bot", "app")
TESTS = read_tree(ROOT, "tests")
TOP_LEVEL = {"app.py", "bot", "corpus", "index", "pyproject.toml", "tests"} | {
    *("CHANGELOG.md", "LICENSE", "Makefile", "README.md")
}

Rule = Callable[[dict[str, Module]], list[str]]


def _tree(root: Path, files: dict[str, str]) -> dict[str, Module]:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return read_tree(root, "corpus", "index", "bot", "app", "tests")


def _project() -> dict[str, list[str]]:
    """Return the names of the distributions asked for, by extra; ``""`` for always."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [_distribution(line) for line in lines] for extra, lines in asked.items()}


def _distribution(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found[0].lower().replace("_", "-")


PRODUCT_RULES = [
    *(rules.environment_readers, rules.gradio_internals, rules.import_cycles),
    *(rules.imports_of_own_root, rules.incomplete_all, rules.long_modules, rules.loose_filters),
    *(rules.repeated_class_names, rules.upward_imports),
]
TREE_RULES = [rules.meaningless_names, rules.restricted_imports, rules.long_test_names]


@pytest.mark.parametrize("rule", PRODUCT_RULES)
def test_rule_holds_for_the_product(rule: Rule) -> None:
    assert {"corpus.article", "index.builder", "bot.cli.main", "app"} <= OURS.keys()
    assert rule(OURS) == []


@pytest.mark.parametrize("rule", TREE_RULES)
def test_rule_holds_for_product_and_tests(rule: Rule) -> None:
    assert rule(OURS | TESTS) == []


@pytest.mark.parametrize(
    ("rule", "files", "violations"),
    [
        (
            rules.upward_imports,
            {
                "app.py": "import bot",
                "index/a.py": "import corpus.b\nfrom bot import answer",
                "bot/access/a.py": "if TYPE_CHECKING:\n    from bot.editing.jobs import Job",
                "bot/chain.py": "import index, bot.retriever, bot.answering.b",
                "bot/new.py": "",
                "bot/reader/a.py": "def f():\n    import bot.answering.b",
            },
            [
                "bot.new stands in no layer",
                "index.a:2 imports bot",
                "bot.access.a:2 imports bot.editing.jobs",
                "bot.reader.a:2 imports bot.answering.b",
            ],
        ),
        (
            rules.restricted_imports,
            {
                "bot/cli/a.py": "import gradio.events",
                "bot/server/a.py": "import gradio, bot.training.train",
                "bot/training/a.py": "import bot.training.b",
                "corpus/a.py": "import tests.fakes, numpy",
                "tests/a.py": "from joblib import load\nimport gradio",
            },
            [
                "corpus.a:1 imports tests.fakes",
                "bot.cli.a:1 imports gradio.events",
                "bot.server.a:1 imports bot.training.train",
                "tests.a:1 imports joblib",
            ],
        ),
        *(
            (
                rules.import_cycles,
                {"bot/a.py": "import bot.b", "bot/b.py": "from .c import x", "bot/c.py": closing},
                ["bot.a -> bot.b -> bot.c -> bot.a"] * 2 if closing else [],
            )
            for closing in ("from bot.a import x", "def f():\n    from . import a", "")
        ),
        (
            rules.import_cycles,
            {"bot/a/b.py": "import bot.c.d", "bot/c/d.py": "", "bot/c/e.py": "import bot.a.b"},
            ["bot.a -> bot.c -> bot.a"],
        ),
        (
            rules.imports_of_own_root,
            {
                "bot/__init__.py": "from bot.a import f",
                "bot/a.py": "import bot\nfrom bot import f\nfrom . import x",
                "bot/b.py": "from corpus import Article\nfrom . import a",
            },
            [f"bot.a:{line} imports its own package bot" for line in (1, 2, 3)],
        ),
        (
            rules.meaningless_names,
            {"bot/utils.py": "", "corpus/misc/a.py": "", "bot/a.py": ""},
            ["corpus.misc.a", "bot.utils"],
        ),
        (
            rules.repeated_class_names,
            dict.fromkeys(["bot/a.py", "index/a.py"], "class A: ...\nclass _B: ..."),
            ["A: index.a, bot.a"],
        ),
        (
            rules.long_modules,
            {"bot/a.py": "x = 1\n" * 401, "bot/b.py": "x = 1\n" * 400},
            ["bot.a has 401 lines"],
        ),
        (
            rules.long_test_names,
            {"tests/a.py": f"class TestA:\n    def test_{'x' * 56}(self): ...\ndef test_b(): ..."},
            [f"tests.a:2 test_{'x' * 56}"],
        ),
        (
            rules.gradio_internals,
            {
                "bot/chat/a.py": "import gradio as gr\nself._x\ngr.Blocks.load\npage._queue.x",
                "bot/chat/b.py": "from gradio.events import api\nfrom gradio import utils",
                "bot/server/c.py": "import gradio as gr\ngr.utils.f()\npage.is_running = True",
                "bot/server/d.py": "page._queue",
                "bot/server/gradio_internals.py": "import gradio.routes\npage._queue",
            },
            [
                "bot.chat.b:1 imports gradio.events",
                *("bot.chat.a:4 page._queue", "bot.server.c:3 page.is_running"),
                "bot.server.c:2 gr.utils",
            ],
        ),
        (
            rules.loose_filters,
            {
                "bot/newsbot.py": "def answer(since, until): ...",
                "index/a.py": "class A:\n    def search(self, *, until): ...",
                "index/b.py": "def search(filters): ...",
                "index/filters.py": "def filters_of(since, until): ...",
            },
            ["index.a:2 search"],
        ),
        (
            rules.environment_readers,
            {
                "bot/a.py": "os.getenv('A')\nos.environ['A']\nos.environ.get('A')\nf(os.environ)",
                "bot/b.py": "from os import environ\nos.environ['A'] = os.environ['B']",
                "bot/c.py": "os.environ['A'] = 'b'\nos.environ.setdefault('A', 'b')",
                "bot/settings.py": "os.environ['A']",
            },
            [
                *("bot.a:1 os.getenv('A')", "bot.a:2 os.environ['A']"),
                *("bot.a:3 os.environ.get('A')", "bot.a:4 f(os.environ)"),
                *("bot.b:1 from os import environ", "bot.b:2 os.environ['A'] = os.environ['B']"),
            ],
        ),
        (
            rules.incomplete_all,
            {
                "bot/__init__.py": "from bot.a import f, g\n__all__ = ['f']",
                "bot/_private.py": "def f(): ...",
                "bot/a.py": "__all__ = ['f']\ndef f(): ...\nclass A: ...\nif f():\n    B = 1",
                "bot/b.py": "__all__ = []\na[0], (b, _c) = 1, (2, 3)\nX: int = 1",
                "bot/c.py": "import os\n_private = 1",
                "bot/d.py": "__all__ = []\n@app.command(name='ask')\ndef ask(): ...",
            },
            [
                f"bot{name} is not in __all__"
                for name in (": g", ".a: A", ".a: B", ".b: X", ".b: b")
            ],
        ),
    ],
)
def test_broken_rule_is_found(
    tmp_path: Path, rule: Rule, files: dict[str, str], violations: list[str]
) -> None:
    assert rule(_tree(tmp_path, files)) == violations


def test_ruff_has_no_complaints() -> None:
    for command in (["check"], ["format", "--check"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_name_that_the_root_lists_is_there() -> None:
    assert all(getattr(bot, name) for name in bot.__all__)


def test_command_line_loads_no_heavy_package() -> None:
    assert rules.loaded_by_import(ROOT, "bot.cli.main") == []


def test_import_of_bot_loads_neither_torch_nor_sklearn() -> None:
    assert rules.loaded_by_import(ROOT, "bot", bot.__all__) == ["faiss"]


def test_heavy_import_behind_another_module_is_found(tmp_path: Path) -> None:
    lazy = "def __getattr__(name):\n    import torch"
    _tree(tmp_path, {"bot/a.py": "import bot.b", "bot/b.py": "import faiss", "bot/c.py": lazy})
    _tree(tmp_path, {"faiss.py": "", "torch.py": "", "bot/d.py": "raise ValueError('no')"})
    assert rules.loaded_by_import(tmp_path, "bot.a") == ["faiss"]
    assert rules.loaded_by_import(tmp_path, "bot.c", ["NewsBot"]) == ["torch"]
    [failure] = rules.loaded_by_import(tmp_path, "bot.d")
    assert failure == "bot.d cannot be imported: ValueError: no"


def test_top_level_has_only_what_the_design_lists() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout
    names = {path.partition("/")[0] for path in listed.splitlines()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_imported_packages_are_declared() -> None:
    # The extra ray is not installed for the tests.
    brought = {"ray": ["ray"], **importlib.metadata.packages_distributions()}
    asked = _project()
    by_extra = {
        "cluster": ["index.store.cluster"],
        "formats": ["corpus.formats.xlsx", "corpus.packed"],
        "mcp": ["bot.server.mcp_server"],
        "ray": ["index.ray_workers"],
        "train": ["bot.training"],
    }
    for name, module in OURS.items():
        extras = [extra for extra, packages in by_extra.items() if module.within(*packages)]
        declared = [one for extra in ["", *extras] for one in asked[extra]]
        assert rules.undeclared_imports({name: module}, declared, brought) == []


def test_undeclared_import_is_found(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path, {"bot/a.py": "import os, yaml, rich.table", "bot/b.py": "import bot.a, nowhere"}
    )
    brought = {"yaml": ["PyYAML"], "rich": ["rich"]}
    found = rules.undeclared_imports(tree, ["rich"], brought)
    assert found == ["bot.a:1 imports yaml", "bot.b:1 imports nowhere"]


def test_constraints_pin_every_package_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_distribution(line) for line in lines if line and not line.startswith("#")}
    asked = {name for names in _project().values() for name in names}
    assert asked - pinned == {project["name"]}
