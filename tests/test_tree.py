"""From text to tree: the funnel loses nothing, and positions are those of the file."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import PositionProvider

from rnglint.facts import gather_facts
from rnglint.facts.scopes import lay_out
from rnglint.facts.walk import descendants
from rnglint.knowledge.loader import load
from rnglint.source.reading import Source
from rnglint.tree.parsing import parse

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PROGRAMS = sorted(FIXTURES.glob("*/*.py"))

LAYOUTS = {
    "tabs": "if a:\n\tif b:\n\t\tx = f(\n\t\t\t1,\n\t\t  2)\n",
    "wide characters": 'x = "ä€𝄞" + f(y)\nif "é" == g(z): h(é)\n',
    "decorators": "@a(1)\n# between\n@b\ndef f(x=c(2), *, y: d = 3) -> e: return g(x)\n",
    "comments above": "# one\n\n# two\n@a\nclass A(b, c=d):\n    # three\n    x = 1\n",
    "elif": "if a(1):\n    b\nelif c(2):\n    d\nelif (e):\n    f\nelse:\n    g(3)\n",
    "semicolons": "a(1); b(2); c = d(\n    3\n); e(4)\n",
    "one line": "for x in f(1): g(x); h(x)\nwhile i(2): break\n",
    "try": "try:\n    a(1)\nexcept (b, c) as d:\n    e(2)\nelse:\n    f(3)\nfinally:\n    g(4)\n",
    "match": "match a(1):\n    case [b, *c] if d(2):\n        e(3)\n"
    "    case {'k': v}:\n        f(v)\n",
    "async": "async def f(x):\n    async with a(1) as b, c(2):\n        return await d(3)\n",
    "comprehensions": "x = [f(a) for a in g(1) if h(a)]\ny = {k: v for k, v in i(2)}\n",
    "brackets over lines": "x = (\n    f(1)\n    # note\n    + g(2)\n)[h(3) : i(4)]\n",
    "backslash": "x = f(1) + \\\n    g(2)\n",
    "form feed": "a(1)\n\x0cb(2)\n",
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_positions_are_those_of_libcst(text: str) -> None:
    tree, errors = parse(Source.from_text("a.py", text), load(), funnel=False)
    assert tree is not None and not errors
    lay_out(tree)
    provider = PositionProvider()
    provider._gen_impl(tree.module)
    compared = 0
    for node in descendants(tree.module):
        if isinstance(node, (cst.Name, cst.Call, cst.Attribute)) and _is_asked_for(tree, node):
            span = provider._computed[node]
            expected = (span.start.line, span.start.column, span.end.line, span.end.column)
            assert tree.positions[node] == expected
            compared += 1
    assert compared >= 3


def _is_asked_for(tree: object, node: cst.CSTNode) -> bool:
    return id(node) in tree.positions.owner  # type: ignore[attr-defined]


def test_a_form_feed_at_the_start_of_a_row_counts_as_a_column() -> None:
    tree, _ = parse(Source.from_text("a.py", "a(1)\n\x0cb(2)\n"), load(), funnel=False)
    assert tree is not None
    lay_out(tree)
    call = [node for node in descendants(tree.module) if isinstance(node, cst.Call)][1]
    assert (tree.span(call).start.row, tree.span(call).start.column) == (2, 2)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_funnel_dismisses_nothing_that_could_be_reported(path: Path) -> None:
    source = Source.read(path)
    narrow, wide = (_findings(source, funnel=funnel) for funnel in (True, False))
    assert narrow == wide


#: What no rule reports by itself.
_EXPLAINING = ("transform", "run", "partial")


def _findings(source: Source, *, funnel: bool) -> object:
    facts = gather_facts(source, load(), funnel=funnel)
    return (
        facts.errors,
        [
            (item.qualified, item.span, item.context, item.call, facts.trace_of(item.scope))
            for item in facts.references
            if item.entry.effect not in _EXPLAINING
        ],
        [(item.first, item.again, item.loop) for item in _without_indices(facts.key_reuses)],
        [(item.consumption.span, item.by, item.span) for item in facts.key_captures],
        [(item.argument.span, item.by, item.span) for item in facts.key_broadcasts],
        [(item.consumption.span, item.span, item.stored) for item in facts.key_escapes],
        facts.unused_keys,
        [(item.call, item.seed) for item in facts.seed_resets],
        [(item.owner, item.span) for item in facts.method_uses],
    )


def _without_indices(reuses: object) -> list[object]:
    """Reuses by their places: statements are numbered otherwise where some are left out."""
    from dataclasses import replace

    plain = {"statement": None, "scope": 0, "loops": ()}
    return [
        replace(
            item, first=replace(item.first, **plain), again=replace(item.again, **plain), loop=None
        )
        for item in reuses  # type: ignore[attr-defined]
    ]


def test_the_funnel_leaves_out_what_names_no_randomness() -> None:
    text = (
        "import jax\n\ndef f(key):\n    return jax.random.normal(key)\n\ndef g(x):\n    return x\n"
    )
    tree, _ = parse(Source.from_text("a.py", text), load())
    assert tree is not None
    assert "return x" not in tree.module.code
    assert "jax.random.normal" in tree.module.code


@pytest.mark.parametrize(
    "text",
    ["import numpy as np\nx = np.zeros(3)\n", "x = 'random'\n", "def split(key):\n    pass\n", ""],
    ids=["numpy without random", "a word in a string", "names alone", "an empty file"],
)
def test_nothing_is_parsed_where_nothing_can_matter(text: str) -> None:
    assert parse(Source.from_text("a.py", text), load()) == (None, ())


@pytest.mark.parametrize(
    ("text", "row"),
    [("x = 1\ndef f(:\n", 2), ("print 'python 2'\n", 1), ("x = (1,\n", 1), ("if x:\ny\n", 2)],
    ids=["bad signature", "Python 2", "never closed", "no indent"],
)
def test_a_syntax_error_is_found_where_it_is(text: str, row: int) -> None:
    tree, errors = parse(Source.from_text("a.py", text), load())
    assert tree is None
    assert [error.span.start.row for error in errors] == [row]


def test_syntax_newer_than_the_running_python_is_left_to_libcst() -> None:
    text = "import numpy as np\ntype Number = int\ndef f[T](x: T) -> T:\n    np.random.seed(0)\n"
    facts = gather_facts(Source.from_text("a.py", text), load())
    assert facts.errors == ()
    assert [item.span.start.row for item in facts.references] == [4]


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    text = "import numpy as np\nx = " + "(" * 5000 + "np.random.rand()" + ")" * 5000 + "\n"
    facts = gather_facts(Source.from_text("a.py", text), load())
    assert len(facts.errors) == 1
