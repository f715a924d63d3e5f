"""From text to tree: the funnel loses nothing, and positions are those of the file."""

from __future__ import annotations

import ast
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import PositionProvider

from rnglint.facts import gather_facts
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
    "subscripts": "a[1, 2:3, ::b(4)]\nc[(d, e)]\nf[(g), h]\ni[(j), (k)]\nl[((m), n)]\no[()]\n",
    "arguments": "f(a, *b, c=d, **e)\nf(*a, b=c, *d)\nf(a for a in b)\nf((g), h=(i))\n",
    "parameters": "def f(a, /, b: c = d, *e, g=1, **h): x\ny = lambda *, z: z\ndef i(*, j): k\n",
    "strings": "'a' 'b'\n'''c'''\nx = ('d'\n  f'{e(1)!r:>{f}}' 'g')\nf'''\n{h.i}'''\n",
    "more strings": "a(b'j')\nc(\"\" 'k', '\\\\', '\\'')\nd(''); e(\"\"\"\"f\" \\\" \"\"\")\n",
    "numbers": "a = 1, 0x1F, 1_000, 1.5e3, 2j, -3, ..., None, True\n",
    "operators": "a and b and not c or d\ne < f <= g is not h not in i\nj @ k ** -l // ~m % n\n",
    "imports": "import a.b.c, d as e\nfrom .. import f\nfrom .g.h import (i as j,\n  k)\n",
    "definitions": "class A(b, *c, d=e, **f): g = 1\nasync def h() -> i: pass\nglobal j, k\n",
    "deletions": "del a\ndel b, c.d\ndel (e, f)\ndel g[h]\n",
    "patterns": "match a:\n  case B(c, d=d, e=None) | 1: f\n  case [g, *_] as h: i\n"
    "  case {1: j, **k}: l\n  case m.n | []: o\n  case _: p\n",
    "async for": "async def a():\n  async for b in c: d\n  return [f async for f in g]\n",
    "yields": "def a():\n  b = yield c\n  yield from d\n  raise e from f\n  assert g, h\n",
    "continued": "a(1); \\\nb(2)\nif c: d; e\nwith (f as g, h): i\n",
    "else if": "if a:\n  b\nelse:\n  if c:\n    d\n",
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_the_tree_is_that_of_libcst(text: str) -> None:
    assert _compared(text) >= 3


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_trees_of_programs_are_those_of_libcst(path: Path) -> None:
    source = Source.read(path)
    if not source.errors and _is_readable(source.program):
        _compared(source.program)


def _is_readable(program: str) -> bool:
    try:
        ast.parse(program)
    except SyntaxError:
        return False
    return True


def _compared(text: str) -> int:
    """Compares our tree with libcst's, node by node; how many places were compared."""
    tree, errors = parse(Source.from_text("a.py", text), load(), funnel=False)
    assert tree is not None and not errors
    theirs = cst.parse_module(text)
    provider = PositionProvider()
    provider._gen_impl(theirs)
    compared = 0
    for one, other in zip(_nodes(tree.module), _nodes(theirs), strict=True):
        assert _says(one) == _says(other)
        if isinstance(one, _PLACED):
            span = provider._computed[other]
            expected = (span.start.line, span.start.column, span.end.line, span.end.column)
            assert tree.positions[one] == expected
            compared += 1
    return compared


#: What facts ask the places of, besides tuples, to which their brackets belong here.
_PLACED = (cst.Name, cst.Call, cst.Attribute, cst.Subscript, cst.BaseSmallStatement)
_LEAVES = (cst.Name, cst.SimpleString, cst.Integer, cst.Float, cst.Imaginary)
_BLANK = (cst.BaseParenthesizableWhitespace, cst.Colon)


def _nodes(module: cst.Module) -> list[cst.CSTNode]:
    return [node for node in descendants(module) if not isinstance(node, _BLANK)]


def _says(node: cst.CSTNode) -> tuple[object, ...]:
    """What a node says itself: its kind, its text, its operator."""
    kind = cst.MatchList if isinstance(node, cst.MatchTuple) else type(node)
    text = node.value if isinstance(node, _LEAVES) else None
    return kind, text, type(getattr(node, "operator", None))


def test_a_form_feed_at_the_start_of_a_row_counts_as_a_column() -> None:
    tree, _ = parse(Source.from_text("a.py", "a(1)\n\x0cb(2)\n"), load(), funnel=False)
    assert tree is not None
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
    names = {node.value for node in descendants(tree.module) if isinstance(node, cst.Name)}
    assert {"f", "g", "normal"} < names
    assert "x" not in names


@pytest.mark.parametrize(
    "body",
    ['"""Not jax.random."""', "# Not jax.random.", "x = 1\n    # Not jax.random."],
    ids=["docstring", "comment", "comment behind a statement"],
)
def test_the_funnel_reads_no_prose(body: str) -> None:
    text = f"import jax\n\ndef f(x):\n    {body}\n    return x\n"
    assert parse(Source.from_text("a.py", text), load()) == (None, ())


@pytest.mark.parametrize(
    "text",
    [
        "f'''\n# {np.random.rand()}'''",
        '""; np.random.rand()',
        "x = 1 + \\\n    np.random.rand()  # said",
    ],
    ids=["a row of an f-string", "a statement beside a string", "a comment behind code"],
)
def test_the_funnel_takes_no_code_for_prose(text: str) -> None:
    program = f"import numpy as np\n\ndef f():\n    {text}\n"
    facts = gather_facts(Source.from_text("a.py", program), load())
    assert [item.qualified for item in facts.references] == ["numpy.random.rand"]


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
