"""Names: every way to import a library, and every way to shadow it."""

from __future__ import annotations

import pytest

from rnglint.facts import gather_facts
from rnglint.facts.model import Context, Reference
from rnglint.knowledge.loader import load
from rnglint.source.reading import Source


def references(text: str) -> tuple[Reference, ...]:
    return gather_facts(Source.from_text("a.py", text), load(), funnel=False).references


MEANT = {
    "import numpy": ("import numpy\nnumpy.random.rand()", "numpy.random.rand"),
    "import as": ("import numpy as np\nnp.random.rand()", "numpy.random.rand"),
    "import submodule": ("import numpy.random\nnumpy.random.rand()", "numpy.random.rand"),
    "import submodule as": ("import numpy.random as npr\nnpr.rand()", "numpy.random.rand"),
    "from package": ("from numpy import random\nrandom.rand()", "numpy.random.rand"),
    "from module": ("from numpy.random import rand\nrand()", "numpy.random.rand"),
    "from module as": ("from numpy.random import rand as r\nr()", "numpy.random.rand"),
    "star": ("from numpy.random import *\nrand()", "numpy.random.rand"),
    "module alias": ("import numpy as np\ng = np.random\ng.rand()", "numpy.random.rand"),
    "in a function": (
        "def f():\n    import numpy as np\n    np.random.rand()",
        "numpy.random.rand",
    ),
    "from outside": ("import numpy as np\ndef f():\n    np.random.rand()", "numpy.random.rand"),
    "from a later line": (
        "def f():\n    np.random.rand()\nimport numpy as np",
        "numpy.random.rand",
    ),
    "try with None": (
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None\nnp.random.rand()",
        "numpy.random.rand",
    ),
    "TYPE_CHECKING": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy as np\n"
        "np.random.rand()",
        "numpy.random.rand",
    ),
    "importorskip": ("np = pytest.importorskip('numpy')\nnp.random.rand()", "numpy.random.rand"),
    "inside a class": (
        "import numpy as np\nclass A:\n    x = np.random.rand()",
        "numpy.random.rand",
    ),
    "a default": ("import numpy as np\ndef f(x=np.random.rand()): pass", "numpy.random.rand"),
    "a lambda": ("import numpy as np\nf = lambda: np.random.rand()", "numpy.random.rand"),
    "a comprehension": ("import numpy as np\n[np.random.rand() for _ in x]", "numpy.random.rand"),
    "a decorator": ("import jax\n@jax.jit\ndef f(): pass", "jax.jit"),
    "a class scope does not shadow methods": (
        "import numpy as np\nclass A:\n    np = 1\n    def f(self):\n        np.random.rand()",
        "numpy.random.rand",
    ),
    "jax": ("import jax\njax.random.normal(k)", "jax.random.normal"),
    "jax.random as": ("import jax.random as jr\njr.normal(k)", "jax.random.normal"),
    "from jax": ("from jax import random\nrandom.normal(k)", "jax.random.normal"),
    "jax's own spelling": ("from jax._src import random\nrandom.normal(k)", "jax.random.normal"),
    "stdlib": ("import random\nrandom.seed(0)", "random.seed"),
    "rebound later": (
        "import numpy as np\nnp.random.rand()\nimport jax.numpy as np",
        "numpy.random.rand",
    ),
}


@pytest.mark.parametrize(("text", "qualified"), MEANT.values(), ids=MEANT)
def test_the_library_is_meant(text: str, qualified: str) -> None:
    found = [item.qualified for item in references(text) if item.context is not Context.STORE]
    assert found == [qualified]


NOT_MEANT = {
    "a parameter": "import numpy as np\ndef f(np):\n    np.random.rand()",
    "a local": "import numpy as np\ndef f():\n    np = g()\n    np.random.rand()",
    "a loop variable": "from numpy import random\nfor random in x:\n    random.rand()",
    "an own module": "from . import random\nrandom.rand()",
    "an own package": "from mylib import random\nrandom.rand()",
    "jax.numpy": "import jax.numpy as np\nnp.random.rand()",
    "jnp": "import jax.numpy as jnp\njnp.random.rand()",
    "a def": "from numpy.random import rand\ndef rand(): pass\nrand()",
    "a class": "from numpy import random\nclass random: pass\nrandom.rand()",
    "an except name": "import numpy as np\ntry: pass\nexcept E as np: np.random.rand()",
    "a with name": "import numpy as np\ndef f():\n    with g() as np:\n        np.random.rand()",
    "a walrus": "import numpy as np\ndef f():\n    if (np := g()):\n        np.random.rand()",
    "a lambda's parameter": "import numpy as np\nf = lambda np: np.random.rand()",
    "an attribute of something": "import numpy as np\nself.np.random.rand()",
    "a call in between": "import numpy as np\nnp().random.rand()",
    "a match name": "import numpy as np\ndef f(x):\n    match x:\n        case np:\n"
    "            np.random.rand()",
}


@pytest.mark.parametrize("text", NOT_MEANT.values(), ids=NOT_MEANT)
def test_the_library_is_not_meant(text: str) -> None:
    assert [
        item.qualified for item in references(text) if not item.qualified.endswith("random")
    ] == []


CONTEXTS = {
    "call": ("np.random.rand()", Context.CALL),
    "argument": ("map(np.random.rand, x)", Context.VALUE),
    "assignment": ("draw = np.random.rand", Context.VALUE),
    "store": ("np.random.rand = 0", Context.STORE),
    "annotated store": ("np.random.rand: int = 0", Context.STORE),
    "delete": ("del np.random.rand", Context.DELETE),
    "annotation": ("def f(x: np.random.rand): pass", Context.ANNOTATION),
    "annotation in brackets": (
        "x: Optional[Union[np.random.rand, int]] = None",
        Context.ANNOTATION,
    ),
    "isinstance": ("isinstance(x, (int, np.random.rand))", Context.TYPE_TEST),
    "base class": ("class A(np.random.rand): pass", Context.TYPE_TEST),
    "attribute of it": ("np.random.rand.__doc__", Context.VALUE),
}


@pytest.mark.parametrize(("text", "context"), CONTEXTS.values(), ids=CONTEXTS)
def test_how_a_reference_stands(text: str, context: Context) -> None:
    assert [item.context for item in references(f"import numpy as np\n{text}")] == [context]


def test_an_assigned_alias_is_told_from_an_import() -> None:
    text = "import numpy as np\ndraw = np.random.rand\ndraw()\n"
    assert [(item.text, item.alias) for item in references(text)] == [
        ("np.random.rand", False),
        ("draw", True),
    ]


def test_the_arguments_of_a_call() -> None:
    text = "import numpy as np\nnp.random.normal (0, -1.5, size=(n, 2), *a, **k)\n"
    (reference,) = references(text)
    assert reference.call is not None
    assert [(a.text, a.keyword, a.star, a.kind, a.literal) for a in reference.call.arguments] == [
        ("0", None, "", "Integer", 0),
        ("-1.5", None, "", "UnaryOperation", -1.5),
        ("(n, 2)", "size", "", "Tuple", None),
        ("a", None, "*", "Name", None),
        ("k", None, "**", "Name", None),
    ]
    span = reference.call.arguments_span
    assert (span.start.column, span.end.column) == (18, 49)
