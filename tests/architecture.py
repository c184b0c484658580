"""The rules of the house as functions over a source tree: each gives its violations, one a line.

They read the code and do not run it, so that a rule holds for every branch of it. The one exception
is ``loaded_by_import``, which asks what an import really brings along.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.source_tree import LAYERS, Module

__all__ = [
    "HEAVY",
    "cycles",
    "environment_readers",
    "forbidden_imports",
    "forbidden_names",
    "incomplete_all",
    "loaded_by_import",
    "long_modules",
    "root_imports",
    "strangers_at_the_top",
    "undeclared_imports",
    "upward_imports",
]

TOP_LEVEL = {*LAYERS[:3], "app.py", "tests", "pyproject.toml", "Makefile"} | {
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
}
FORBIDDEN_NAMES = {"common", "helper", "helpers", "misc", "util", "utils"}
UNPICKLING = {"_pickle", "cloudpickle", "dill", "joblib", "pickle", "shelve"}
HEAVY = (
    *("docx", "faiss", "feedparser", "gradio", "pypdf", "sentence_transformers", "torch"),
    *("trafilatura", "transformers", "warcio"),
)
MOST_LINES = 300


def _target(modules: Mapping[str, Module], imported: str, taken: str | None) -> str:
    """Name the module that an import really takes from: ``from a import b`` may mean ``a.b``."""
    return f"{imported}.{taken}" if taken and f"{imported}.{taken}" in modules else imported


def upward_imports(modules: Mapping[str, Module]) -> list[str]:
    """Imports against the direction corpus <- index <- bot <- app, and of the tests."""
    return [
        f"{module.name}:{line} imports {imported}"
        for module in modules.values()
        for imported, _, line in module.imports()
        for top in [imported.partition(".")[0]]
        if top == "tests" or (top in LAYERS and LAYERS.index(top) > LAYERS.index(module.layer))
    ]


def cycles(modules: Mapping[str, Module]) -> list[str]:
    """Rings of modules that import each other, imports in functions and for types included."""
    edges = {
        module.name: sorted(
            {
                target
                for imported, taken, _ in module.imports()
                for target in [_target(modules, imported, taken)]
                if target in modules and target != module.name
            }
        )
        for module in modules.values()
    }
    found: dict[frozenset[str], str] = {}
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            ring = trail[trail.index(name) :]
            found.setdefault(frozenset(ring), " -> ".join([*ring, name]))
        elif name not in done:
            for target in edges[name]:
                visit(target, [*trail, name])
            done.add(name)

    for name in edges:
        visit(name, [])
    return list(found.values())


def root_imports(modules: Mapping[str, Module]) -> list[str]:
    """Imports of a package from inside of it, where a module of it is what should be named."""
    return [
        f"{module.name}:{line} imports its own package {imported}"
        for module in modules.values()
        for imported, taken, line in module.imports()
        if _target(modules, imported, taken) in module.packages
    ]


def forbidden_names(modules: Mapping[str, Module]) -> list[str]:
    """Modules and packages whose name says nothing of what they hold."""
    return [name for name in modules if FORBIDDEN_NAMES & set(name.split("."))]


def forbidden_imports(modules: Mapping[str, Module]) -> list[str]:
    """Imports of what runs code that it reads from a file."""
    return [
        f"{module.name}:{line} imports {imported}"
        for module in modules.values()
        for imported, _, line in module.imports()
        if imported.partition(".")[0] in UNPICKLING
    ]


def long_modules(modules: Mapping[str, Module]) -> list[str]:
    """Modules of more than 300 lines."""
    return [
        f"{module.name} has {lines} lines"
        for module in modules.values()
        if (lines := len(module.source.splitlines())) > MOST_LINES
    ]


def environment_readers(modules: Mapping[str, Module], allowed: str) -> list[str]:
    """Places outside one module that read an environment variable; setting one is no reading."""
    found = []
    for module in modules.values():
        if module.name == allowed:
            continue
        written = {
            id(node.value)
            for node in ast.walk(module.tree)
            if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store))
            or (isinstance(node, ast.Attribute) and node.attr in {"setdefault", "update"})
        }
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                full = f"{node.value.id}.{node.attr}"
                if full == "os.getenv" or (full == "os.environ" and id(node) not in written):
                    found.append(f"{module.name}:{node.lineno} reads {full}")
        found += [
            f"{module.name}:{line} imports os.{taken}"
            for imported, taken, line in module.imports()
            if imported == "os" and taken in {"environ", "getenv"}
        ]
    return found


def incomplete_all(modules: Mapping[str, Module]) -> list[str]:
    """What is wrong with each ``__all__``.

    It must be there and sorted, hold every public function, class and constant that the module
    defines (a command of the command line apart), hold nothing that is not there, and in a
    package's root hold what is imported there from the package. A module whose name starts with an
    underscore, or which has nothing public, needs none.
    """
    found = []
    for module in modules.values():
        defined, bound = _bindings(module)
        public = {name for name in defined if not name.startswith("_")}
        listed = _all_of(module)
        if listed is None:
            if public and not module.name.rpartition(".")[2].startswith("_"):
                found.append(f"{module.name} has no __all__ that is a plain list of names")
            continue
        if listed != sorted(set(listed), key=_place):
            found.append(f"{module.name}: __all__ is not sorted")
        found += [f"{module.name}: {name} is not in __all__" for name in sorted(public - {*listed})]
        found += [f"{module.name}: __all__ has {name}" for name in sorted({*listed} - bound)]
    return found


def _place(name: str) -> tuple[int, str]:
    """Constants first, then classes, then functions, each by name: the order of ruff's RUF022."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Tell whether the command line's framework holds it: users reach it, importers need not."""
    return any(
        re.fullmatch(r"\w+\.(command|callback)\(.*", ast.unparse(one), re.DOTALL)
        for one in node.decorator_list
    )


def _all_of(module: Module) -> list[str] | None:
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                names = [one.value for one in elements if isinstance(one, ast.Constant)]
                return [name for name in names if isinstance(name, str)]
    return None


def _bindings(module: Module) -> tuple[set[str], set[str]]:
    """Give the names that a module defines to be used from outside, and all that it binds."""
    defined: set[str] = set()
    imported: set[str] = set()
    for_types: set[str] = set()

    def read(body: list[ast.stmt], typing_only: bool) -> None:
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    (imported if _is_command(node) else defined).add(node.name)
                case ast.Assign(targets=targets):
                    defined.update(
                        name.id
                        for target in targets
                        for name in ast.walk(target)
                        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
                    )
                case ast.AnnAssign(target=ast.Name(id=name)):
                    defined.add(name)
                case ast.Import() | ast.ImportFrom():
                    names = {one.asname or one.name.partition(".")[0] for one in node.names}
                    (for_types if typing_only else imported).update(names)
                    own = isinstance(node, ast.ImportFrom) and (
                        module.absolute(node).startswith(f"{module.name}.")
                    )
                    if module.is_package and own:
                        defined.update(names)
                case ast.If(test=test, body=inner, orelse=other):
                    read(inner, typing_only or "TYPE_CHECKING" in ast.unparse(test))
                    read(other, typing_only)
                case ast.Try(body=inner, handlers=handlers, orelse=other, finalbody=last):
                    read([*inner, *other, *last], typing_only)
                    for handler in handlers:
                        read(handler.body, typing_only)

    read(module.tree.body, typing_only=False)
    # A root that imports on first use names for the type checker what __getattr__ then brings.
    lazy = for_types if "__getattr__" in defined else set()
    return defined, defined - for_types | imported | lazy


def undeclared_imports(
    modules: Mapping[str, Module],
    declared: Iterable[str],
    distributions: Mapping[str, Iterable[str]],
) -> list[str]:
    """Imports of other people's packages that pyproject.toml does not ask for.

    Args:
        modules: the tree.
        declared: names of distributions, as pyproject.toml has them.
        distributions: of each importable name, the distributions that bring it.
    """
    ours = {module.layer for module in modules.values()} | set(LAYERS)
    known = {_plain(name) for name in declared}
    return [
        f"{module.name}:{line} imports {top}"
        for module in modules.values()
        for imported, _, line in module.imports()
        for top in [imported.partition(".")[0]]
        if top not in ours and top not in sys.stdlib_module_names
        if not known & {_plain(name) for name in distributions.get(top, [])}
    ]


def _plain(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")


def strangers_at_the_top(names: Iterable[str]) -> list[str]:
    """Files and folders of the top level that have no place there; dotfiles do."""
    return sorted(name for name in names if not name.startswith(".") and name not in TOP_LEVEL)


def loaded_by_import(root: Path, module: str, heavy: Iterable[str] = HEAVY) -> list[str]:
    """Import a module in a new Python, and tell which of the heavy packages that loaded."""
    program = "import importlib, json, sys; importlib.import_module(sys.argv[1]); " + (
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    environ = {**os.environ, "PYTHONPATH": str(root)}
    ran = subprocess.run(
        [sys.executable, "-c", program, module],
        cwd=root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if ran.returncode:
        return [f"{module} cannot be imported: {ran.stderr.strip().splitlines()[-1]}"]
    return sorted(set(heavy) & set(json.loads(ran.stdout.splitlines()[-1])))
