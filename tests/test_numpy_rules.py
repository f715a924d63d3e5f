"""What RNG101 to RNG105 report, and where: programs with their findings on the lines."""

from __future__ import annotations

import re

import pytest
from expectations import expected, fixed, program, reported

from rnglint import check_source
from rnglint.config.resolution import Config
from rnglint.rules import Rule, all_rules

NUMPY_RULES = [rule for rule in all_rules() if rule.code.startswith("RNG1")]

PROGRAMS = {
    "import numpy as np": """
        import numpy as np
        np.random.seed(0)  # expect: RNG101
        np.random.rand(3)  # expect: RNG102
        """,
    "import numpy": """
        import numpy
        numpy.random.seed(0)  # expect: RNG101
        numpy.random.rand(3)  # expect: RNG102
        """,
    "import numpy.random": """
        import numpy.random
        numpy.random.rand(3)  # expect: RNG102
        """,
    "import numpy.random under another name": """
        import numpy.random as npr
        npr.seed(0)  # expect: RNG101
        npr.RandomState(1)  # expect: RNG103
        npr.get_state()  # expect: RNG104
        """,
    "from numpy import random": """
        from numpy import random
        random.seed(0)  # expect: RNG101
        random.random()  # expect: RNG102
        """,
    "from numpy import random under another name": """
        from numpy import random as nr
        nr.shuffle([1, 2])  # expect: RNG102
        """,
    "functions imported by name; the import itself is no use": """
        from numpy.random import seed, rand as r, RandomState as RS
        seed(0)  # expect: RNG101
        r()  # expect: RNG102
        RS()  # expect: RNG103
        """,
    "a module that is assigned": """
        import numpy as np
        g = np.random
        g.seed(0)  # expect: RNG101
        g.rand()  # expect: RNG102
        """,
    "the private module that holds the functions": """
        import numpy as np
        from numpy.random import mtrand
        np.random.mtrand.rand()  # expect: RNG102
        mtrand.seed(0)  # expect: RNG101
        """,
    "an import in a function": """
        def sample():
            import numpy as np
            return np.random.rand()  # expect: RNG102
        """,
    "an import that may fail": """
        try:
            import numpy as np
        except ImportError:
            np = None
        x = np.random.rand()  # expect: RNG102
        """,
    "another package's random module": """
        import jax.numpy as jnp
        import cupy as np
        from mylib import random
        np.random.rand()
        random.seed(0)
        """,
    "the standard library's random module": """
        import numpy as np
        import random
        random.seed(0)
        random.random()
        """,
    "names that are bound to something else in a function": """
        import numpy as np
        def first(np): return np.random.rand()
        def second():
            np = object()
            return np.random.rand()
        def third(): return [np.random.rand() for np in ()]
        """,
    "an alias is reported where it is made, not where it is called": """
        import numpy as np
        choice = np.random.choice  # expect: RNG102
        seed = np.random.seed  # expect: RNG101
        seed(0)
        choice(3)
        choice(4)
        """,
    "a draw that is handed on": """
        import functools
        import numpy as np
        list(map(np.random.normal, [0, 1]))  # expect: RNG102
        draw = functools.partial(np.random.uniform, 0, 1)  # expect: RNG102
        def sample(draw=np.random.rand):  # expect: RNG102
            return draw()
        """,
    "several draws on one line are several findings": """
        import numpy as np
        x = np.random.rand() + np.random.rand()  # expect: RNG102, RNG102
        """,
    "a draw is reported on the line of its name": """
        import numpy as np
        x = f(
            np.random  # expect: RNG102
            .rand(3),
        ) if (f := abs) else 0
        """,
    "the slip that assigns the seeding function": """
        import numpy as np
        np.random.seed = 0  # expect: RNG101
        """,
    "annotations, type tests and subclasses use nothing": """
        import numpy as np
        class Legacy(np.random.RandomState): ...
        def f(rng: np.random.RandomState, g: "np.random.RandomState") -> np.random.RandomState:
            assert isinstance(rng, np.random.RandomState)
            state: np.random.RandomState = rng
            return state
        """,
    "a RandomState that is constructed somewhere else": """
        import functools
        import numpy as np
        list(map(np.random.RandomState, range(3)))  # expect: RNG103
        make = functools.partial(np.random.RandomState, 0)  # expect: RNG103
        methods = dir(np.random.RandomState)
        """,
    "states": """
        import numpy as np
        from numpy.random import set_state as restore
        restore(np.random.get_state())  # expect: RNG104, RNG104
        np.random.mtrand._rand.rand()  # expect: RNG104
        """,
    "legacy methods on Generators": """
        import numpy as np
        rng = np.random.default_rng()
        rng.randint(3)  # expect: RNG105
        rng.seed(0)  # expect: RNG105
        rng.get_state()  # expect: RNG105
        def sample():
            return rng.randn(2, 3)  # expect: RNG105
        """,
    "legacy methods on what need not be a Generator": """
        import numpy as np
        rng = np.random.default_rng()
        rng.integers(3)
        rng.bit_generator.state
        rng = object()
        rng.randint(3)
        def sample(rng, other=None):
            return rng.randint(3), other.seed(0)
        """,
    "modern code": """
        import numpy as np
        from numpy.random import PCG64, Generator, SeedSequence, default_rng
        rng = Generator(PCG64(SeedSequence(1)))
        rng.random(), default_rng(2).normal(), np.random.default_rng(3).spawn(2)
        """,
}


def dedented(text: str) -> str:
    """The text of a table's cell as a file."""
    return re.sub(r"^ {8}", "", text, flags=re.MULTILINE).strip() + "\n"


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_findings_stand_on_the_lines_that_announce_them(text: str) -> None:
    source = program(dedented(text))
    assert reported(source) == expected(source)


def messages(text: str, code: str) -> list[str]:
    return [item.message for item in check_source(dedented(text)) if item.code == code]


def test_seed_names_the_libraries_that_it_may_feed() -> None:
    text = "import numpy as np\nimport pandas\nfrom sklearn import svm\nnp.random.seed(0)"
    (message,) = messages(text, "RNG101")
    assert "pass `random_state=` to pandas, scikit-learn" in message


def test_draw_names_them_only_where_there_is_a_seed() -> None:
    text = "import numpy as np\nimport scipy\nnp.random.rand()"
    assert "random_state" not in messages(text, "RNG102")[0]
    assert "SciPy" in messages(f"{text}\nnp.random.seed(0)", "RNG102")[0]


def test_draw_names_a_generator_that_was_made_and_not_used() -> None:
    text = "import numpy as np\nrng = np.random.default_rng(0)\nx = np.random.rand()"
    (found,) = check_source(text)
    assert "not from the generator `rng` made on line 2" in found.message
    assert [item.span.start.row for item in found.related] == [2]


def test_assigned_seed_is_said_to_seed_nothing() -> None:
    assert "seeds nothing" in messages("import numpy as np\nnp.random.seed = 0", "RNG101")[0]


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        ("np.random.rand(2, 3)", "rng.random(shape)"),
        ("np.random.randint(3)", "rng.integers"),
        ("np.random.normal()", "rng.normal"),
    ],
)
def test_help_names_the_method_to_use(call: str, instead: str) -> None:
    (found,) = check_source(f"import numpy as np\n{call}")
    assert f"`{instead}`" in found.help


def snippets(rule: type[Rule]) -> list[str]:
    return re.findall(r"```python\n(.*?)```", rule.page(), re.DOTALL)


@pytest.mark.parametrize("rule", NUMPY_RULES, ids=lambda rule: rule.code)
def test_page_shows_a_finding_and_a_program_without_it(rule: type[Rule]) -> None:
    example, instead = snippets(rule)
    config = Config(extend_select=(rule.code,))
    assert rule.code in {item.code for item in check_source(example, config)}
    assert check_source(instead, config) == []
    pytest.importorskip("numpy")
    exec(instead, {})


@pytest.mark.parametrize("code", ["RNG101", "RNG103", "RNG105"])
def test_fix_turns_the_example_of_the_page_into_its_advice(code: str) -> None:
    (rule,) = (rule for rule in NUMPY_RULES if rule.code == code)
    example, instead = snippets(rule)
    assert fixed(example) == instead
