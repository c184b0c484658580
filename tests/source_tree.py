"""A tree of Python source read as text: its modules and what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

__all__ = ["LAYERS", "Module", "read_tree"]

LAYERS = ("corpus", "index", "bot", "app")
"""The top-level names, each of which may import those before it and itself."""


@dataclass(frozen=True)
class Module:
    """One source file.

    Attributes:
        name: dotted, as it is imported; a package's own name for its ``__init__.py``.
        path: where it lies.
        is_package: whether it is an ``__init__.py``.
    """

    name: str
    path: Path
    is_package: bool

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, filename=str(self.path))

    @property
    def layer(self) -> str:
        return self.name.partition(".")[0]

    @property
    def packages(self) -> set[str]:
        """The packages that it lies in, itself not among them."""
        parts = self.name.split(".")
        return {".".join(parts[:size]) for size in range(1, len(parts))}

    def imports(self) -> Iterator[tuple[str, str | None, int]]:
        """Give every import in the file, inside functions too: module, name taken, line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, None, node.lineno
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield self.absolute(node), alias.name, node.lineno

    def absolute(self, node: ast.ImportFrom) -> str:
        """Resolve the dots of a relative import."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        kept = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*kept, *filter(None, [node.module])])


def read_tree(root: Path, tops: Iterable[str] = LAYERS) -> dict[str, Module]:
    """Find the modules of a tree by name; what is not there is left out."""
    modules = {}
    for top in tops:
        single = [root / f"{top}.py"] if (root / f"{top}.py").is_file() else []
        for path in [*single, *sorted((root / top).rglob("*.py"))]:
            parts = path.relative_to(root).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            modules[name] = Module(name, path, is_package)
    return modules
