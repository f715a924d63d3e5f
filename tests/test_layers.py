"""The flow of the architecture: a module imports only from what stands to its left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rnglint

PACKAGE = Path(rnglint.__file__).parent

#: From left to right; parts of one row may import each other, but not in a circle.
LAYERS = (
    ("diagnostics", "bundled"),
    ("config",),
    ("discovery",),
    ("source",),
    ("suppress",),
    ("knowledge",),
    ("tree",),
    ("facts",),
    ("rules", "rewrite"),
    ("fixes",),
    ("engine",),
    ("runner",),
    ("report",),
    ("verify",),
    ("cli",),
    ("__main__",),
)
#: Imports against the flow, which are made when a function is called, and why.
EXCEPTIONS = {
    ("config", "rules"): "settings are checked against the codes that there are",
}


def modules() -> Iterator[str]:
    for path in sorted(PACKAGE.iterdir()):
        if path.suffix == ".py" and path.stem != "__init__":
            yield path.stem
        elif (path / "__init__.py").exists():
            yield path.name


def layer(module: str) -> int:
    return next(index for index, names in enumerate(LAYERS) if module in names)


def imports(module: str) -> set[str]:
    """The modules of ours that a module, or a package as a whole, imports when it runs."""
    path = PACKAGE / module
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    found: set[str] = set()
    for file in files:
        found |= set(_imported(ast.parse(file.read_text(encoding="utf-8"))))
    return {name.split(".")[1] for name in found if name.startswith("rnglint.")} - {module}


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        else:
            yield from _imported(node)


@pytest.mark.parametrize("module", list(modules()))
def test_imports_come_from_the_left(module: str) -> None:
    wrong = {
        name
        for name in imports(module)
        if layer(name) > layer(module) and (module, name) not in EXCEPTIONS
    }
    assert not wrong


def test_every_module_has_its_place() -> None:
    assert sorted(modules()) == sorted(name for names in LAYERS for name in names)


@pytest.mark.parametrize("names", LAYERS, ids=" ".join)
def test_neighbours_do_not_import_in_a_circle(names: tuple[str, ...]) -> None:
    waiting = {
        name: {other for other in imports(name) & set(names) if (name, other) not in EXCEPTIONS}
        for name in names
    }
    while free := {name for name, needed in waiting.items() if not needed & set(waiting)}:
        waiting = {name: needed for name, needed in waiting.items() if name not in free}
    assert not waiting


@pytest.mark.parametrize(("module", "other"), list(EXCEPTIONS))
def test_exceptions_are_still_needed(module: str, other: str) -> None:
    assert other in imports(module)
