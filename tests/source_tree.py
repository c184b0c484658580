"""A tree of Python source read as text: its modules and what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

__all__ = ["Module", "imports", "read_tree"]


@dataclass(frozen=True)
class Module:
    """One source file.

    Attributes:
        name: dotted, as it is imported; a package's own name for its ``__init__.py``.
        path: where it lies.
    """

    name: str
    path: Path

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, filename=str(self.path))

    @cached_property
    def imported(self) -> list[tuple[int, str, str | None]]:
        """Line, package and, of ``from`` imports, the name that is taken from it."""
        found: list[tuple[int, str, str | None]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name, None) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                source = self.absolute(node)
                found += [(node.lineno, source, alias.name) for alias in node.names]
        return found

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    def within(self, *packages: str) -> bool:
        """Return whether the module is one of these packages or lies in one."""
        return any(f"{self.name}.".startswith(f"{package}.") for package in packages)

    def absolute(self, node: ast.ImportFrom) -> str:
        """Resolve the dots of a relative import."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        kept = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*kept, *filter(None, [node.module])])


def read_tree(root: Path, *tops: str) -> dict[str, Module]:
    """Return the modules of top-level packages and modules by name; what is missing is left out."""
    modules = {}
    for top in tops:
        single = [root / f"{top}.py"] if (root / f"{top}.py").is_file() else []
        for path in [*single, *sorted((root / top).rglob("*.py"))]:
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            modules[name] = Module(name, path)
    return modules


def imports(modules: dict[str, Module]) -> Iterator[tuple[Module, int, str]]:
    """Yield every import, inside functions and for types too: module, line, what it takes from.

    ``from a import b`` takes from ``a.b`` where that is a module of the tree.
    """
    for module in modules.values():
        for line, source, name in module.imported:
            submodule = f"{source}.{name}"
            yield module, line, submodule if name and submodule in modules else source
