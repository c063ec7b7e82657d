"""The project's own source, as the tests of this folder read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("backoffice", "inventory", "warehouse", "orders", "returns", "reporting", "integrations")
SKIPPED = {"migrations", "__pycache__", ".venv", ".bo", ".git"}


def files(*folders: str, pattern: str = "*.py") -> Iterator[Path]:
    """Every source file of these folders, migrations left out."""
    for folder in folders or APPS:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if not SKIPPED.intersection(path.relative_to(ROOT).parts):
                yield path


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def name(path: Path) -> str:
    """The path as it is told in a failure."""
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """The last name of everything that is called, with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield function.attr, node.lineno
            elif isinstance(function, ast.Name):
                yield function.id, node.lineno
