"""The rules of the source tree: each is a function that returns its violations, one a line.

They read the code and do not run it, so that a rule holds for every branch of it. The exception is
``loaded_by_import``.
"""

from __future__ import annotations

import ast
import graphlib
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from tests.source_tree import Module, imports

__all__ = [
    "HEAVY",
    "environment_readers",
    "gradio_internals",
    "import_cycles",
    "imports_of_own_root",
    "incomplete_all",
    "loaded_by_import",
    "long_modules",
    "long_test_names",
    "loose_filters",
    "meaningless_names",
    "repeated_class_names",
    "restricted_imports",
    "undeclared_imports",
    "upward_imports",
]

Modules = dict[str, Module]

LAYERS = (
    {"corpus"},
    {"index"},
    {"bot.errors", "bot.sanitize", "bot.settings", "bot.settings_model"},
    {"bot.reader"},
    {"bot.comparing"},
    {"bot.answering"},
    {"bot.citing", "bot.conversation", "bot.generation"},
    {"bot.chain", "bot.retriever"},
    {"bot", "bot.newsbot"},
    {"bot.access", "bot.evaluation", "bot.feedback"},
    {"bot.watching"},
    {"bot.editing"},
    {"bot.chat"},
    {"bot.server"},
    {"bot.cli", "bot.training"},
    {"app"},
)
"""Lowest first. A module imports from its own layer and from those below; ``bot`` is the root."""

RANKS = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

RESTRICTED = {
    "bot.training": ["bot.training", "tests"],
    "gradio": ["bot.chat", "bot.server", "tests"],
    "tests": ["tests"],
    # These run code that they read from a file.
    **dict.fromkeys(["_pickle", "cloudpickle", "dill", "joblib", "pickle", "shelve"], []),
}
"""Packages that only some may import."""

HEAVY = (
    *("docx", "faiss", "feedparser", "gradio", "pypdfium2", "sentence_transformers", "sklearn"),
    *("torch", "trafilatura", "transformers", "warcio"),
)
GRADIO_INTERNALS = {
    *("blocks", "context", "queueing", "routes", "utils"),  # modules of it
    *("default_config", "has_launched", "is_running", "root_block", "stop_event"),
}
"""What Gradio does not document, as attributes; so is what begins with an underscore."""

MEANINGLESS = {"common", "helper", "helpers", "misc", "util", "utils"}
MAX_MODULE_LINES = 400
MAX_TEST_NAME = 60


def upward_imports(modules: Modules) -> list[str]:
    """Imports against the order of the layers, and modules that stand in none."""
    found = [f"{name} stands in no layer" for name in modules if _layer(name) not in RANKS]
    return found + [
        f"{module.name}:{line} imports {target}"
        for module, line, target in imports(modules)
        if RANKS.get(_layer(target), -1) > RANKS.get(_layer(module.name), len(RANKS))
    ]


def _layer(name: str) -> str:
    return _folder(name) if name.startswith("bot.") else name.partition(".")[0]


def restricted_imports(modules: Modules) -> list[str]:
    """Imports of a restricted package by a module that is not allowed to."""
    return [
        f"{module.name}:{line} imports {target}"
        for module, line, target in imports(modules)
        for package, allowed in RESTRICTED.items()
        if f"{target}.".startswith(f"{package}.") and not module.within(*allowed)
    ]


def import_cycles(modules: Modules) -> list[str]:
    """The first circle of imports among modules, and the first among folders of one package.

    Imports in functions and for types count too.
    """
    return _cycle(modules, lambda name: name) + _cycle(modules, _folder)


def _folder(name: str) -> str:
    return ".".join(name.split(".")[:2])


def _cycle(modules: Modules, node_of: Callable[[str], str]) -> list[str]:
    graph: dict[str, set[str]] = defaultdict(set)
    for module, _, target in imports(modules):
        if target in modules and node_of(target) != node_of(module.name):
            graph[node_of(module.name)].add(node_of(target))
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [" -> ".join(reversed(error.args[1]))]
    return []


def imports_of_own_root(modules: Modules) -> list[str]:
    """Imports of a package from inside of it, where a module of it should be named."""
    return [
        f"{module.name}:{line} imports its own package {target}"
        for module, line, target in imports(modules)
        if module.name.startswith(f"{target}.")
    ]


def meaningless_names(modules: Modules) -> list[str]:
    """Modules and packages whose name does not say what they hold."""
    return [name for name in modules if MEANINGLESS & set(name.split("."))]


def repeated_class_names(modules: Modules) -> list[str]:
    """Public class names that are defined more than once."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules.values():
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module.name)
    return [f"{name}: {', '.join(where)}" for name, where in places.items() if len(where) > 1]


def long_modules(modules: Modules) -> list[str]:
    """Modules with too many lines."""
    return [
        f"{module.name} has {lines} lines"
        for module in modules.values()
        if (lines := len(module.source.splitlines())) > MAX_MODULE_LINES
    ]


def long_test_names(modules: Modules) -> list[str]:
    """Test functions whose name is too long to be read at a glance."""
    return [
        f"{module.name}:{node.lineno} {node.name}"
        for module in modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.name.startswith("test_") and len(node.name) > MAX_TEST_NAME
    ]


def gradio_internals(modules: Modules) -> list[str]:
    """Uses of what Gradio does not document, outside the module that names each of them."""
    users = [
        module
        for module in modules.values()
        if not module.within("bot.server.gradio_internals")
        if any(f"{target}.".startswith("gradio.") for _line, target, _name in module.imported)
    ]
    return [
        f"{module.name}:{line} imports {target}"
        for module in users
        for line, target, _name in module.imported
        if target.startswith("gradio.")
    ] + [
        f"{module.name}:{node.lineno} {ast.unparse(node)}"
        for module in users
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls")
        if node.attr in GRADIO_INTERNALS or re.match("_(?!_)", node.attr)
    ]


def loose_filters(modules: Modules) -> list[str]:
    """Functions below the chain that take filters one by one, and not as one ``Filters``."""
    return [
        f"{module.name}:{node.lineno} {node.name}"
        for module in modules.values()
        if RANKS.get(_layer(module.name), -1) < RANKS["bot.chain"]
        if not module.within("index.filters")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if {"since", "until"} & {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
    ]


def environment_readers(modules: Modules) -> list[str]:
    """Places outside the settings, and the token of Milvus, that read the environment.

    Setting a variable is allowed.
    """
    setting = re.compile(r"os\.environ(\[[^]]*\] = |\.setdefault\(|\.update\()")
    reading = re.compile(r"\bos\.(environ|getenv)\b|from os import .*\b(environ|getenv)\b")
    return [
        f"{module.name}:{number} {line.strip()}"
        for module in modules.values()
        if not module.within("bot.settings", "index.store.cluster.cluster_store")
        for number, line in enumerate(module.source.splitlines(), start=1)
        if reading.search(setting.sub("", line))
    ]


def incomplete_all(modules: Modules) -> list[str]:
    """Public names that are missing from their module's ``__all__``.

    Public are functions, classes and constants (commands of the command line apart), and in a
    package's root what it imports from its package. Ruff checks the order (RUF022) and that every
    listed name exists (F822).
    """
    return [
        f"{module.name}: {name} is not in __all__"
        for module in modules.values()
        if not module.name.rpartition(".")[2].startswith("_")
        for name in sorted({*_public_names(module)} - {*_listed_in_all(module)})
    ]


def _listed_in_all(module: Module) -> Iterator[str]:
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                yield from (ast.literal_eval(one) for one in elements)


def _public_names(module: Module) -> Iterator[str]:
    for node in _statements(module.tree.body):
        names: Iterable[str] = ()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names = [] if _is_command(node) else [node.name]
            case ast.Assign(targets=targets):
                parts = [part for target in targets for part in ast.walk(target)]
                stored = [
                    part for part in parts if isinstance(getattr(part, "ctx", None), ast.Store)
                ]
                names = [part.id for part in stored if isinstance(part, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
            case ast.ImportFrom() if module.is_package:
                own = module.absolute(node).startswith(f"{module.name}.")
                names = [alias.asname or alias.name for alias in node.names if own]
        yield from (name for name in names if not name.startswith("_"))


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield a module's statements, those under ``if`` and ``try`` too."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.ExceptHandler):
            yield from _statements(ast.iter_child_nodes(node))


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    decorators = [ast.unparse(one) for one in node.decorator_list]
    return any(re.match(r"\w+\.(command|callback)\(", one) for one in decorators)


def undeclared_imports(
    modules: Modules, declared: Iterable[str], distributions: Mapping[str, Iterable[str]]
) -> list[str]:
    """Imports of other people's packages that pyproject.toml does not ask for.

    Args:
        modules: the tree.
        declared: names of distributions, as pyproject.toml has them.
        distributions: of each importable name, the distributions that bring it.
    """
    known = {_normalised(name) for name in declared}
    ours = {name.partition(".")[0] for name in [*modules, *RANKS]}
    return [
        f"{module.name}:{line} imports {top}"
        for module, line, target in imports(modules)
        for top in [target.partition(".")[0]]
        if top not in ours and top not in sys.stdlib_module_names
        if not known & {_normalised(name) for name in distributions.get(top, [])}
    ]


def _normalised(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def loaded_by_import(root: Path, module: str, names: Iterable[str] = ()) -> list[str]:
    """Return the heavy packages that a new Python loads with a module and names of it."""
    program = (
        "import importlib, json, sys; module = importlib.import_module(sys.argv[1])\n"
        "for name in sys.argv[2:]: getattr(module, name)\n"
        "print(json.dumps([*sys.modules]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, module, *names],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if ran.returncode:
        return [f"{module} cannot be imported: {ran.stderr.strip().splitlines()[-1]}"]
    return sorted({*HEAVY} & {*json.loads(ran.stdout)})
