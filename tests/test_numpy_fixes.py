"""Where the fixes of RNG101 to RNG103 put a generator, where they refuse to, and that they run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from expectations import fixed, program, without_expectations

from rnglint import check_source, fix_source
from rnglint.engine import view_source
from rnglint.source.reading import Source

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def dedented(text: str) -> str:
    """The text of a table's cell as a file."""
    return re.sub(r"^ {8}", "", text, flags=re.MULTILINE).strip() + "\n"


#: Programs before and after, divided by a line of dashes.
HOMES = {
    "imports that may fail": """
        import numpy as np

        try:
            import tensorflow as tf
        except ImportError:
            tf = None
        else:
            if tf.__version__ < "2":
                tf = None

        def sample():
            return np.random.rand(2)
        ---
        import numpy as np

        try:
            import tensorflow as tf
        except ImportError:
            tf = None
        else:
            if tf.__version__ < "2":
                tf = None

        _rng = np.random.default_rng()

        def sample():
            return _rng.random(2)
        """,
    "a draw beside a legacy generator": """
        import numpy as np

        def sample():
            rs = np.random.RandomState(3)
            return np.random.rand(2), rs.exponential(size=2)
        ---
        import numpy as np

        def sample():
            rs = np.random.default_rng(3)
            return rs.random(2), rs.exponential(size=2)
        """,
    "a seeded script": """
        import numpy as np

        np.random.seed(42)
        x = np.random.rand(2)
        ---
        import numpy as np

        rng = np.random.default_rng(42)
        x = rng.random(2)
        """,
    "a seeded script whose functions draw": """
        import numpy as np

        np.random.seed(0)

        def sample():
            return np.random.rand(2)

        print(sample())
        ---
        import numpy as np

        rng = np.random.default_rng(0)

        def sample():
            return rng.random(2)

        print(sample())
        """,
    "functions that are defined before the seed and called after it": """
        import numpy as np

        def sample():
            return np.random.normal()

        np.random.seed(0)
        print(sample())
        ---
        import numpy as np

        def sample():
            return rng.normal()

        rng = np.random.default_rng(0)
        print(sample())
        """,
    "a seed that is set again": """
        import numpy as np

        np.random.seed(0)
        x = np.random.rand()
        np.random.seed(0)
        y = np.random.rand()
        ---
        import numpy as np

        rng = np.random.default_rng(0)
        x = rng.random()
        rng = np.random.default_rng(0)
        y = rng.random()
        """,
    "a seed under the guard of a script": """
        import numpy as np

        def main():
            print(np.random.rand())

        if __name__ == "__main__":
            np.random.seed(0)
            main()
        ---
        import numpy as np

        rng = np.random.default_rng()

        def main():
            print(rng.random())

        if __name__ == "__main__":
            rng = np.random.default_rng(0)
            main()
        """,
    "a guard that holds the draws as well": """
        import numpy as np

        if __name__ == "__main__":
            np.random.seed(0)
            print(np.random.rand())
        ---
        import numpy as np

        if __name__ == "__main__":
            rng = np.random.default_rng(0)
            print(rng.random())
        """,
    "draws before the seed": """
        import numpy as np

        x = np.random.rand()
        np.random.seed(0)
        y = np.random.rand()
        ---
        import numpy as np

        rng = np.random.default_rng()

        x = rng.random()
        rng = np.random.default_rng(0)
        y = rng.random()
        """,
    "a draw after a loop over seeds": """
        import numpy as np

        for seed in range(3):
            np.random.seed(seed)
            print(np.random.rand())
        print(np.random.rand())
        ---
        import numpy as np

        rng = np.random.default_rng()

        for seed in range(3):
            rng = np.random.default_rng(seed)
            print(rng.random())
        print(rng.random())
        """,
    "a seed that a loop sets again is moved out of it first": """
        import numpy as np

        for step in range(3):
            np.random.seed(7)
            print(np.random.rand())
        ---
        import numpy as np

        rng = np.random.default_rng(7)
        for step in range(3):
            print(rng.random())
        """,
    "statements on one line": """
        import numpy as np
        np.random.seed(0); x = np.random.rand(); y = np.random.rand()
        ---
        import numpy as np
        rng = np.random.default_rng(0); x = rng.random(); y = rng.random()
        """,
    "a function that seeds itself": """
        import numpy as np

        def sample(seed):
            np.random.seed(seed)
            return np.random.rand(2)
        ---
        import numpy as np

        def sample(seed):
            rng = np.random.default_rng(seed)
            return rng.random(2)
        """,
    "a function that seeds itself, in a module with a seed of its own": """
        import numpy as np

        np.random.seed(1)
        x = np.random.rand()

        def sample():
            np.random.seed(2)
            return np.random.rand()
        ---
        import numpy as np

        rng = np.random.default_rng(1)
        x = rng.random()

        def sample():
            rng = np.random.default_rng(2)
            return rng.random()
        """,
    "a loop over seeds": """
        import numpy as np

        for seed in range(3):
            np.random.seed(seed)
            print(np.random.rand())
        ---
        import numpy as np

        for seed in range(3):
            rng = np.random.default_rng(seed)
            print(rng.random())
        """,
    "tests of which some seed themselves": """
        import numpy as np

        def test_seeded():
            np.random.seed(0)
            assert np.random.rand() < 1

        def test_other():
            assert np.random.rand() < 1
        ---
        import numpy as np

        def test_seeded():
            rng = np.random.default_rng(0)
            assert rng.random() < 1

        def test_other():
            rng = np.random.default_rng()
            assert rng.random() < 1
        """,
    "no seed at all": """
        # A comment.
        import os

        import numpy as np  # the arrays

        SIZE = 3


        def sample():
            return np.random.rand(SIZE)
        ---
        # A comment.
        import os

        import numpy as np  # the arrays

        _rng = np.random.default_rng()

        SIZE = 3


        def sample():
            return _rng.random(SIZE)
        """,
    "no seed, and a draw that no Generator matches": """
        import numpy as np


        def sample(*shape):
            return np.random.rand(*shape), np.random.rand(3)
        ---
        import numpy as np

        _rng = np.random.default_rng()


        def sample(*shape):
            return np.random.rand(*shape), _rng.random(3)
        """,
    "a generator that is there already": """
        import numpy as np

        shared = np.random.default_rng(0)

        def sample():
            mine = np.random.default_rng(1)
            return shared.random(), mine.random(), np.random.rand()

        x = np.random.rand()
        ---
        import numpy as np

        shared = np.random.default_rng(0)

        def sample():
            mine = np.random.default_rng(1)
            return shared.random(), mine.random(), mine.random()

        x = shared.random()
        """,
    "a name that is taken": """
        import numpy as np

        rng = 3
        np.random.seed(0)
        x = np.random.rand()
        ---
        import numpy as np

        rng = 3
        np_rng = np.random.default_rng(0)
        x = np_rng.random()
        """,
    "a name that is taken where the generator is used": """
        import numpy as np

        np.random.seed(0)

        def sample(rng, np_rng=None):
            return np.random.rand()

        sample(1)
        ---
        import numpy as np

        generator = np.random.default_rng(0)

        def sample(rng, np_rng=None):
            return generator.random()

        sample(1)
        """,
    "import numpy": """
        import numpy
        numpy.random.seed(0)
        x = numpy.random.rand()
        ---
        import numpy
        rng = numpy.random.default_rng(0)
        x = rng.random()
        """,
    "import numpy.random as npr": """
        import numpy as np
        import numpy.random as npr

        def sample():
            return npr.rand()
        ---
        import numpy as np
        import numpy.random as npr

        _rng = npr.default_rng()

        def sample():
            return _rng.random()
        """,
    "from numpy import random": """
        from numpy import random
        random.seed(0)
        x = random.rand()
        ---
        from numpy import random
        rng = random.default_rng(0)
        x = rng.random()
        """,
    "functions imported by name": """
        from numpy.random import rand, seed

        seed(0)
        x = rand(2, 3)
        ---
        from numpy.random import default_rng

        rng = default_rng(0)
        x = rng.random((2, 3))
        """,
    "functions imported by name, of which one is still needed": """
        from numpy.random import PCG64, rand, seed as s

        bits = PCG64()
        s(0)
        x = rand()
        ---
        from numpy.random import PCG64, default_rng

        bits = PCG64()
        rng = default_rng(0)
        x = rng.random()
        """,
    "functions imported by name, and the module too": """
        import numpy as np
        from numpy.random import rand

        np.random.seed(0)
        x = rand()
        ---
        import numpy as np

        rng = np.random.default_rng(0)
        x = rng.random()
        """,
    "an alias of a draw": """
        import numpy as np

        np.random.seed(0)
        choice = np.random.choice
        x = choice(3), choice(4)
        ---
        import numpy as np

        rng = np.random.default_rng(0)
        choice = rng.choice
        x = choice(3), choice(4)
        """,
    "tabs and classes": """
        import numpy as np

        class Model:
        \tdef __init__(self):
        \t\tnp.random.seed(0)
        \t\tself.w = np.random.randn(2, 3)
        ---
        import numpy as np

        class Model:
        \tdef __init__(self):
        \t\trng = np.random.default_rng(0)
        \t\tself.w = rng.standard_normal((2, 3))
        """,
    "a RandomState in an attribute stays, one in a variable does not": """
        import numpy as np

        class Model:
            def __init__(self, seed):
                self.rng = np.random.RandomState(seed)
                state = np.random.RandomState(seed)
                self.w = state.rand(3)
        ---
        import numpy as np

        class Model:
            def __init__(self, seed):
                self.rng = np.random.RandomState(seed)
                state = np.random.default_rng(seed)
                self.w = state.random(3)
        """,
    "a RandomState in private attributes, of which one is made later": """
        import numpy as np

        class Model(dict):
            def __init__(self, seed):
                self._rng = np.random.RandomState(seed)
                self._noise = None

            @property
            def weights(self):
                if self._noise is None:
                    self._noise = np.random.RandomState(1)
                return self._rng.rand(3) + _sample(self._noise)

        class Other:
            def __init__(self):
                self._rng = np.random.RandomState(2)
                self.draw = lambda: self._rng.randint(3)

        def _sample(state):
            return state.randn(3)
        ---
        import numpy as np

        class Model(dict):
            def __init__(self, seed):
                self._rng = np.random.default_rng(seed)
                self._noise = None

            @property
            def weights(self):
                if self._noise is None:
                    self._noise = np.random.default_rng(1)
                return self._rng.random(3) + _sample(self._noise)

        class Other:
            def __init__(self):
                self._rng = np.random.default_rng(2)
                self.draw = lambda: self._rng.integers(3)

        def _sample(state):
            return state.standard_normal(3)
        """,
    "a RandomState in an attribute of a program's class, and of a test's": """
        import numpy as np
        from unittest import TestCase

        class Walk:
            def __init__(self):
                self.rng = np.random.RandomState(0)

            def step(self):
                return self.rng.rand(2)

        class TestWalk(TestCase):
            def setUp(self):
                self.random = np.random.RandomState(0)

            def test_it(self):
                self.assertTrue(Walk().step().shape == self.random.randn(2).shape)

        print(Walk().step())
        ---
        import numpy as np
        from unittest import TestCase

        class Walk:
            def __init__(self):
                self.rng = np.random.default_rng(0)

            def step(self):
                return self.rng.random(2)

        class TestWalk(TestCase):
            def setUp(self):
                self.random = np.random.default_rng(0)

            def test_it(self):
                self.assertTrue(
                    Walk().step().shape == self.random.standard_normal(2).shape
                )

        print(Walk().step())
        """,
    "draws of the block that only a program runs": """
        import numpy as np

        def mean(x):
            return x.sum() / x.size

        if __name__ == "__main__":
            import sys

            # Some data.
            n = 100
            print(mean(np.random.randn(n)), file=sys.stderr)
            for _ in range(3):
                print(mean(np.random.rand(n)))
        ---
        import numpy as np

        def mean(x):
            return x.sum() / x.size

        if __name__ == "__main__":
            import sys

            # Some data.
            rng = np.random.default_rng()
            n = 100
            print(mean(rng.standard_normal(n)), file=sys.stderr)
            for _ in range(3):
                print(mean(rng.random(n)))
        """,
    "draws of that block and of a function": """
        import numpy as np

        def noise(n):
            return np.random.randn(n)

        if __name__ == "__main__":
            print(noise(3), np.random.rand())
        ---
        import numpy as np

        rng = np.random.default_rng()

        def noise(n):
            return rng.standard_normal(n)

        if __name__ == "__main__":
            print(noise(3), rng.random())
        """,
    "a program that hands its own functions on": """
        import numpy as np

        np.random.seed(1)

        def difference(f, x):
            return f(x + 1) - f(x)

        print(difference(np.sin, np.random.rand(2)))
        ---
        import numpy as np

        rng = np.random.default_rng(1)

        def difference(f, x):
            return f(x + 1) - f(x)

        print(difference(np.sin, rng.random(2)))
        """,
    "a test class whose tolerances have decimals": """
        import numpy as np

        class TestMean:
            rtol = 0.00001

            def setup_method(self):
                rs = np.random.RandomState(3)
                self.x = rs.rand(2)

            def test_it(self):
                assert_allclose(self.x.sum() / 2, self.x.mean(), rtol=self.rtol)
        ---
        import numpy as np

        class TestMean:
            rtol = 0.00001

            def setup_method(self):
                rs = np.random.default_rng(3)
                self.x = rs.random(2)

            def test_it(self):
                assert_allclose(self.x.sum() / 2, self.x.mean(), rtol=self.rtol)
        """,
    "a RandomState imported by name": """
        from numpy.random import RandomState

        rs = RandomState(0)
        x = rs.rand()
        ---
        from numpy.random import default_rng

        rs = default_rng(0)
        x = rs.random()
        """,
    "a seed that may not be given": """
        import numpy as np

        def sample(seed=None):
            if seed is not None:
                np.random.seed(seed)
            return np.random.rand()
        ---
        import numpy as np

        def sample(seed=None):
            rng = np.random.default_rng(seed)
            return rng.random()
        """,
    "a seed that others may need stays beside the generator": """
        import numpy as np
        from sklearn.cluster import KMeans

        np.random.seed(0)  # for k-means
        x = np.random.rand(10, 2)
        print(KMeans)
        ---
        import numpy as np
        from sklearn.cluster import KMeans

        rng = np.random.default_rng(0)
        np.random.seed(0)  # for k-means
        x = rng.random((10, 2))
        print(KMeans)
        """,
    "so does one that a module of one's own may need": """
        import numpy as np
        from mylibrary import train

        def main(seed):
            np.random.seed(seed)
            train(np.random.rand(10, 2))
        ---
        import numpy as np
        from mylibrary import train

        def main(seed):
            rng = np.random.default_rng(seed)
            np.random.seed(seed)
            train(rng.random((10, 2)))
        """,
    "a library that is imported and not used where the seed counts": """
        import numpy as np
        import mylibrary

        def test_ours():
            np.random.seed(0)
            assert np.random.rand() < 1

        def test_theirs():
            mylibrary.check()
        ---
        import numpy as np
        import mylibrary

        def test_ours():
            rng = np.random.default_rng(0)
            assert rng.random() < 1

        def test_theirs():
            mylibrary.check()
        """,
    "a helper draws from a seed that stays": """
        import numpy as np

        def noise():
            return np.random.rand()

        def sample():
            np.random.seed(0)
            return np.random.rand() + noise()
        ---
        import numpy as np

        def noise():
            return np.random.rand()

        def sample():
            rng = np.random.default_rng(0)
            np.random.seed(0)
            return rng.random() + noise()
        """,
    "the seed of a module that only defines things may be meant for its importers": """
        import numpy as np

        np.random.seed(0)

        def sample():
            return np.random.rand()
        ---
        import numpy as np

        _rng = np.random.default_rng(0)
        np.random.seed(0)

        def sample():
            return _rng.random()
        """,
    "a draw of the seed's group cannot be translated": """
        import numpy as np

        def sample(*shape):
            np.random.seed(0)
            return np.random.rand(*shape), np.random.rand()
        ---
        import numpy as np

        def sample(*shape):
            rng = np.random.default_rng(0)
            np.random.seed(0)
            return np.random.rand(*shape), rng.random()
        """,
    "state that a test saves concerns no other test": """
        import numpy as np

        def test_state():
            state = np.random.get_state()
            assert np.random.rand() < 1
            np.random.set_state(state)

        def test_other():
            assert np.random.rand() < 1
        ---
        import numpy as np

        def test_state():
            state = np.random.get_state()
            assert np.random.rand() < 1
            np.random.set_state(state)

        def test_other():
            rng = np.random.default_rng()
            assert rng.random() < 1
        """,
    "a class that is seeded before each test": """
        import unittest
        import numpy as np

        class TestNoise(unittest.TestCase):
            def setUp(self):
                super().setUp()
                np.random.seed(0)
                self.x = np.random.rand(2)

            def test_shape(self):
                noise = [np.random.rand(2, 3) for _ in range(2)]
                assert noise[0].shape == (2, 3)
        ---
        import unittest
        import numpy as np

        class TestNoise(unittest.TestCase):
            def setUp(self):
                super().setUp()
                self.rng = np.random.default_rng(0)
                self.x = self.rng.random(2)

            def test_shape(self):
                noise = [self.rng.random((2, 3)) for _ in range(2)]
                assert noise[0].shape == (2, 3)
        """,
    "a RandomState that goes to a function of the file and to SciPy": """
        import numpy as np
        from scipy import stats

        def noise(n, rs):
            return rs.randn(n) + stats.norm.rvs(size=n, random_state=rs)

        def test_noise():
            rs = np.random.RandomState(0)
            assert noise(3, rs).shape == noise(3, rs=rs).shape
        ---
        import numpy as np
        from scipy import stats

        def noise(n, rs):
            return rs.standard_normal(n) + stats.norm.rvs(size=n, random_state=rs)

        def test_noise():
            rs = np.random.default_rng(0)
            assert noise(3, rs).shape == noise(3, rs=rs).shape
        """,
    "a RandomState that stands in for a missing one, where the methods agree": """
        import numpy as np

        def sample(rng=None):
            if rng is None:
                rng = np.random.RandomState(0)
            return rng.normal(size=3)
        ---
        import numpy as np

        def sample(rng=None):
            if rng is None:
                rng = np.random.default_rng(0)
            return rng.normal(size=3)
        """,
    "a RandomState that is passed as `rng`": """
        import numpy as np
        from mylibrary import simulate

        def test_simulate():
            rs = np.random.RandomState(0)
            simulate(rs.rand(2), rng=rs)
            simulate(3, rng=np.random.RandomState(1))
        ---
        import numpy as np
        from mylibrary import simulate

        def test_simulate():
            rs = np.random.default_rng(0)
            simulate(rs.random(2), rng=rs)
            simulate(3, rng=np.random.default_rng(1))
        """,
}

#: Programs whose findings get no fix.
UNTOUCHED = {
    "a draw beside a legacy generator that has to stay": """
        import numpy as np
        from library import fit
        def sample():
            rs = np.random.RandomState(3)
            fit(rs)
            return np.random.rand(2)
        """,
    "a seed in one function, the draws in another": """
        import numpy as np
        def setup(): np.random.seed(0)
        def sample(): return np.random.rand()
        """,
    "a seed that each round of a loop sets again": """
        import numpy as np
        def sample():
            for i in range(3):
                np.random.seed(7)
                print(np.random.rand())
        """,
    "a seed that is not called": """
        import numpy as np
        seed = np.random.seed
        seed(0)
        x = np.random.rand()
        """,
    "the seeding function is replaced": """
        import numpy as np
        np.random.seed = 0
        x = np.random.rand()
        """,
    "a seed that only one of the two takes": """
        import numpy as np
        np.random.seed(2**40)
        np.random.seed(-1)
        x = np.random.rand()
        """,
    "the state is saved and restored": """
        import numpy as np
        state = np.random.get_state()
        x = np.random.rand()
        np.random.set_state(state)
        """,
    "the module is handed on": """
        import numpy as np
        np.random.seed(0)
        x = getattr(np.random, "rand")(), np.random.rand()
        """,
    "draws in workers": """
        from multiprocessing import Pool
        import numpy as np
        def sample(i): return np.random.rand()
        def main():
            with Pool() as pool: return pool.map(sample, range(3))
        """,
    "draws in the class of a data set": """
        import numpy as np
        from mylibrary import Dataset
        class Noise(Dataset):
            def __getitem__(self, i): return np.random.rand()
        """,
    "draws in compiled functions": """
        import jax
        import numpy as np
        @jax.jit
        def first(x): return x + np.random.rand()
        def second(x): return x + np.random.rand()
        second = jax.jit(second)
        """,
    "NumPy is imported in the function only": """
        import os
        def sample(x=3):
            import numpy as np
            return np.random.rand()
        """,
    "everything is imported": """
        import numpy as np
        from numpy.random import *
        x = rand()
        """,
    "the import may fail": """
        import os
        try:
            import numpy as np
        except ImportError:
            np = None
        def sample(): return np.random.rand()
        """,
    "a RandomState that is returned, passed on, or put away": """
        import numpy as np
        def make():
            rs = np.random.RandomState(0)
            return rs
        def use(f):
            rs = np.random.RandomState(0)
            f(random_state=rs)
            return rs.rand()
        things = {"rs": np.random.RandomState(0)}
        """,
    "a RandomState that is seeded again, or asked for what a Generator has not": """
        import numpy as np
        a = np.random.RandomState(0)
        a.seed(1)
        b = np.random.RandomState(0)
        print(b.rand(), b.tomaxint())
        c = np.random.RandomState(0)
        state = c.get_state()
        d = np.random.RandomState(-1)
        print(d.rand())
        """,
    "a helper seeds everything": """
        import numpy as np
        from mylibrary import seed_everything
        def noise():
            return np.random.rand()
        def main():
            seed_everything(0)
            print(noise(), np.random.rand())
        """,
    "transformers seeds NumPy too": """
        import numpy as np
        import transformers
        transformers.set_seed(0)
        x = np.random.rand()
        """,
    "a seed under another condition": """
        import numpy as np
        def sample(debug):
            if debug:
                np.random.seed(0)
            return np.random.rand()
        """,
    "a seed that stays cannot be looked at twice": """
        import numpy as np
        from mylibrary import train, seeds
        def main():
            np.random.seed(next(seeds))
            train(np.random.rand(10, 2))
        """,
    "a parameter that others may give a RandomState": """
        import numpy as np
        def sample(rs=None):
            if rs is None:
                rs = np.random.RandomState(0)
            return rs.rand()
        """,
    "a RandomState that is compared with its seed": """
        import numpy as np
        from mylibrary import simulate
        def test_seed():
            first = simulate(rng=10)
            assert (first == simulate(rng=np.random.RandomState(10))).all()
        """,
    "a test class whose results come from another file": """
        import numpy as np
        from .results import known
        class TestF:
            def setup_method(self):
                rs = np.random.RandomState(3)
                self.x = rs.rand(2)
                self.y = known.F()
            def test_f(self):
                assert_allclose(self.x, self.y)
        """,
    "a test class that says what comes out, for the assertions of its base": """
        import numpy as np
        from .base import CheckExternal
        class TestMoments(CheckExternal):
            mean = 0.401499
            @classmethod
            def setup_class(cls):
                rs = np.random.RandomState(3)
                cls.x = rs.rand(2)
            def test_more(self): pass
        class TestQuantiles(CheckExternal):
            quantiles = np.r_[-1.81098, -0.84052, 2.93431]
            @classmethod
            def setup_class(cls):
                rs = np.random.RandomState(3)
                cls.x = rs.rand(2)
        """,
    "a RandomState that goes where nobody looks": """
        import numpy as np
        from mylibrary import fit
        def main():
            rs = np.random.RandomState(0)
            fit(rs.rand(2), random_state=rs)
            fit(3, random_state=np.random.RandomState(1))
        """,
    "an attribute that others may use": """
        import numpy as np
        class Noise:
            def __init__(self):
                self.rng = np.random.RandomState(0)
            def draw(self): return self.rng.rand()
        """,
    "an attribute that others inherit": """
        import numpy as np
        from abc import abstractmethod
        class BaseNoise:
            def __init__(self):
                self._rng = np.random.RandomState(0)
            def draw(self): return self._rng.rand()
        class Noise:
            def __init__(self):
                self._other_rng = np.random.RandomState(0)
            def scale(self): return self._other_rng.rand()
            @abstractmethod
            def draw(self): ...
        """,
    "an attribute that a base class may use": """
        import numpy as np
        from mylibrary import Base
        class _Noise(Base):
            def __init__(self):
                self.rng = np.random.RandomState(0)
            def draw(self): return self.rng.rand()
        """,
    "an attribute of another object, or one that another class uses": """
        import numpy as np
        class Noise:
            def __init__(self, other):
                self._rng = np.random.RandomState(0)
                other._state = np.random.RandomState(0)
            def draw(self): return self._rng.rand()
        class More(Noise):
            def again(self): return self._rng.rand()
        """,
    "an attribute that is used in unseen ways": """
        import numpy as np
        class Noise:
            def __init__(self):
                self._by_name = np.random.RandomState(0)
                self._returned = np.random.RandomState(0)
                self._several, self.n = np.random.RandomState(0), 3
                self._other = np.random.RandomState(0)
                self._changed = np.random.RandomState(0)
            def use(self, generator):
                self._other = generator
                self._changed.seed(2)
                yield getattr(self, "_by_name").rand()
                yield self._returned
                yield self._several.rand(self.n) + self._other.rand() + self._changed.rand()
                self._by_name.rand()
        """,
    "an attribute of a class": """
        import numpy as np
        class Noise:
            rs = np.random.RandomState(0)
            first = rs.rand()
            def draw(self): return self.rs.rand()
        """,
}


@pytest.mark.parametrize("text", HOMES.values(), ids=HOMES.keys())
def test_generator_gets_a_home(text: str) -> None:
    before, after = (dedented(part + "\n") for part in text.split("        ---\n"))
    assert fixed(before) == after
    assert fixed(after) == after


@pytest.mark.parametrize("text", UNTOUCHED.values(), ids=UNTOUCHED.keys())
def test_no_fix_where_the_result_might_be_wrong(text: str) -> None:
    found = check_source(dedented(text))
    assert {item.code for item in found} & {"RNG101", "RNG102", "RNG103"}
    assert [item for item in found if item.fix and item.code.startswith("RNG1")] == []


def test_all_findings_of_a_group_share_one_fix() -> None:
    text = "import numpy as np\nnp.random.seed(0)\nx = np.random.rand()\ny = np.random.rand()\n"
    found = check_source(text)
    assert len({item.fix for item in found}) == 1 and len(found) == 3
    assert found[0].fix is not None and found[0].fix.applicability.value == "unsafe"


def test_suppressed_draw_keeps_the_seed_of_its_group() -> None:
    text = "import numpy as np\nnp.random.seed(0)\nx = np.random.rand()  # noqa: RNG102\n"
    assert fixed(text) == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_line_endings_stay(newline: str) -> None:
    text = "import numpy as np\n\ndef f():\n    return np.random.rand()\n"
    after = (
        "import numpy as np\n\n_rng = np.random.default_rng()\n\n"
        "def f():\n    return _rng.random()\n"
    )
    assert fixed(text.replace("\n", newline)) == after.replace("\n", newline)


BYTES = {
    "CRLF": b"import numpy as np\r\nnp.random.seed(0)\r\nx = np.random.rand(2, 3)\r\n",
    "BOM": b"\xef\xbb\xbfimport numpy as np\nnp.random.seed(0)\nx = np.random.rand(2, 3)\n",
    "latin-1": b"# coding: latin-1\nimport numpy as np\nnp.random.seed(0)\n"
    b"name = '\xe9'; x = np.random.rand(2, 3)  # \xe9\n",
    "form feeds": b"import numpy as np\n\x0c\nnp.random.seed(0)\n\x0c\nx = np.random.rand(2, 3)\n",
    "tabs": b"import numpy as np\nif True:\n\tnp.random.seed(0)\n\tx = np.random.rand(2, 3)\n",
    "no newline at the end": b"import numpy as np\nnp.random.seed(0)\nx = np.random.rand(2, 3)",
    "one-line suite": b"import numpy as np\nif True: np.random.seed(0); x = np.random.rand(2, 3)\n",
    "wide characters": b"import numpy as np\nnp.random.seed(0)\n"
    b"x = '\xf0\x9f\x8e\xb2', np.random.rand(2, 3)\n",
    "a string that looks like code": b"import numpy as np\nnp.random.seed(0)\n"
    b"t = 'np.random.seed(0)'; x = np.random.rand(2, 3)  # np.random.seed(0)\n",
}


@pytest.mark.parametrize("before", BYTES.values(), ids=BYTES)
def test_all_other_bytes_stay(before: bytes) -> None:
    source = Source.from_bytes("program.py", before)
    after = fix_source(source, unsafe=True).source.to_bytes()
    start, seeding, rest = before.partition(b"np.random.seed(0)")
    middle, drawing, end = rest.partition(b"np.random.rand(2, 3)")
    assert seeding and drawing
    made, drawn = b"rng = np.random.default_rng(0)", b"rng.random((2, 3))"
    assert after == start + made + middle + drawn + end


def test_line_with_a_suppression_is_left_alone() -> None:
    text = "import numpy as np\n\ndef f():\n    np.random.seed(0)  # noqa: RNG101\n"
    text += "    return np.random.rand(2)\n"
    assert "    np.random.seed(0)  # noqa: RNG101\n" in fixed(text)


def test_notebook_gets_its_generator_in_the_cell_of_the_imports() -> None:
    cells = ["%matplotlib inline\nimport numpy as np", "x = np.random.rand(2, 3)"]
    data = {
        "cells": [
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": text} for text in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    source = Source.from_bytes("draws.ipynb", json.dumps(data).encode())
    result = fix_source(source, unsafe=True).source
    assert [chunk.text for chunk in result.chunks] == [
        "%matplotlib inline\nimport numpy as np\n\nrng = np.random.default_rng()",
        "x = rng.random((2, 3))",
    ]


REPORT = """

import hashlib, pickle
def flat(value):
    if isinstance(value, dict):
        return [item for key in sorted(value) for item in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [item for part in value for item in flat(part)]
    return [np.asarray(value)]
kept = pickle.dumps(np.random.get_state())
found = {name: flat(f()) for name, f in sorted(globals().items()) if name.startswith("sample")}
print({name: [(a.shape, str(a.dtype)) for a in arrays] for name, arrays in found.items()})
print(hashlib.sha256(pickle.dumps([a.tolist() for f in found.values() for a in f])).hexdigest())
print(kept == pickle.dumps(np.random.get_state()))
"""


def run(text: str) -> list[str]:
    """The report of a program in a fresh process: forms, values, whether the state is as before."""
    pytest.importorskip("numpy")
    command = [sys.executable, "-W", "ignore", "-c", text + REPORT]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.parametrize("code", ["RNG101", "RNG102", "RNG103"])
def test_fixed_fixture_draws_the_same_kinds_of_things_twice(code: str) -> None:
    (path,) = FIXTURES.glob(f"{code}_*/before.py")
    before = without_expectations(path.read_text(encoding="utf-8"))
    after = fixed(before)
    first, second, old = run(after), run(after), run(before)
    assert first == second
    assert first[0] == old[0]
    assert first[1] != old[1]
    assert first[2] == "True"


def test_fixed_programs_run(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy")
    for library in ("sklearn", "sklearn.cluster", "mylibrary"):
        monkeypatch.setitem(sys.modules, library, MagicMock())
    for text in HOMES.values():
        after = fixed(dedented(text.split("        ---\n")[0]))
        exec(compile(after, "fixed.py", "exec"), {"__name__": "__main__"})
    assert program("x = 1").editable


STORED_RESULTS = {
    "many digits": "def test_f():\n    rng = np.random.RandomState(3)\n    x = rng.rand(2)\n"
    "    assert_allclose(x, [0.5507979025745755, 0.7081478226181048])\n",
    "rounded results": "def test_f():\n    rng = np.random.RandomState(3)\n    x = rng.rand(2)\n"
    "    assert_almost_equal(x, [0.55, 0.71], decimal=2)\n",
    "an exact result": "def test_f():\n    rng = np.random.RandomState(3)\n"
    "    x = count(rng.rand(9))\n    assert_equal(x[0, 0], 8.0)\n",
    "a table of results": "def test_f():\n    known = np.array([6241.8, 2104.9, 579.4])\n"
    "    rng = np.random.RandomState(3)\n    assert_allclose(f(rng.rand(9)), known)\n",
    "a rounded result": "def test_f():\n    rng = np.random.RandomState(3)\n    x = rng.rand()\n"
    "    assert round(x, 3) == pytest.approx(0.551)\n",
    "drawn in the set-up of a class": "class TestF:\n    def setup_method(self):\n"
    "        rs = np.random.RandomState(3)\n        self.x = rs.rand(2)\n"
    "    def test_f(self):\n        assert_allclose(self.x, [0.5507979025745755, 0.7081478226])\n",
    "stored beside the draws, compared by a base class": "class TestF(Check):\n"
    "    def setup_class(cls):\n        rs = np.random.RandomState(3)\n"
    "        cls.result = fit(rs.rand(9))\n        cls.expected = (1.6857659627548, 0.43046)\n"
    "    def test_fit(self):\n        self.check()\n",
    "drawn by a helper": "def draw():\n    np.random.seed(3)\n    return np.random.rand(2)\n\n"
    "def test_f():\n    assert_allclose(draw(), [0.5507979025745755, 0.7081478226181048])\n",
    "a digest": "def test_f():\n    rng = np.random.RandomState(3)\n    x = rng.rand(2)\n"
    "    assert hashlib.sha256(x).hexdigest() == KNOWN\n",
    "a number in the assertion": "def test_f():\n    rng = np.random.RandomState(3)\n"
    "    assert_equal(rng.randint(1000), 684)\n",
    "global draws": "def test_f():\n    np.random.seed(3)\n    x = np.random.rand(2)\n"
    "    assert_allclose(x, [0.5507979025745755, 0.7081478226181048])\n",
}


#: The first lines of test modules whose variables are drawn, and tests that compare with results.
STORED_ELSEWHERE = {
    "a variable made from a drawn one": "rs = np.random.RandomState(3)\nx = np.sort(rs.rand(9))\n"
    "frame = make_frame(x)\n\ndef test_f():\n"
    "    assert_allclose(fit(frame), [0.5507979025745755, 0.7081478226181048])\n",
    "results in a file, read for the class of a test": "results = pd.read_csv(path)\n"
    "rs = np.random.RandomState(3)\nx = mixture(rng=rs)\n\nclass TestFit(Check):\n"
    "    def setup_class(cls):\n        cls.model = fit(cls.data())\n"
    "        cls.known = results['density']\n"
    "    def data():\n        return x\n",
    "a list of texts": "def test_f():\n    rs = np.random.RandomState(3)\n"
    "    names = label(rs.rand(4))\n    expected = ['a.0', 'a.1',\n        'b.0', 'b.1']\n"
    "    assert_equal(names, expected)\n",
    "a list of numbers": "def test_f():\n    rs = np.random.RandomState(3)\n"
    "    order = np.argsort(rs.rand(4))\n    ix_expected = np.array([2, 0, 3, 1])\n"
    "    assert_equal(order, ix_expected)\n",
    "a dictionary": "def test_f():\n    rs = np.random.RandomState(3)\n"
    "    scores = fit(rs.rand(9))\n"
    "    expect = {0: {'index': (0,), 'score': np.array([0.86, 0.92])}}\n"
    "    compare_utility(scores, expect)\n",
    "draws beside others of one seed": "np.random.seed(3)\nx = np.random.rand(9)\n"
    "weights = np.random.rand(9)\n\ndef test_f():\n"
    "    assert_allclose(fit(x), [0.5507979025745755, 0.7081478226181048])\n\n"
    "def test_g():\n    assert weights.all()\n",
    "a table of the module, taken away": "rows = [\n    ['a', 0.065989, 0.003366, 0.152261],\n]\n"
    "known = pd.DataFrame(rows).set_index('index')\n\ndef test_f():\n"
    "    rs = np.random.RandomState(3)\n    diff = np.asarray(fit(rng=rs).summary() - known)\n"
    "    assert_allclose(diff, 0, atol=1e-6)\n",
    "a table of the module, in an assertion": "known = [0.065989, 0.003366, 0.152261]\n\n"
    "def test_f():\n    rs = np.random.RandomState(3)\n    x = fit(rs.rand(9))\n"
    "    assert_allclose(x, known)\n",
}


@pytest.mark.parametrize("text", STORED_ELSEWHERE.values(), ids=STORED_ELSEWHERE)
def test_results_stored_elsewhere_in_a_test_file_are_not_lost(text: str) -> None:
    text = "import numpy as np\nimport pandas as pd\n\n" + text
    assert check_source(program(text, "test_fit.py"))
    assert fixed(text, "test_fit.py") == text


#: Numbers in assertions that are bounds and tolerances.
NOT_STORED = {
    "a bound": "    assert x < 0.1234\n",
    "a tolerance": "    assert_allclose(x, y, rtol=0.0001)\n",
    "an identity": "    assert_equal(x.max() / x.max(), 1.0)\n",
    "a small number": "    assert_allclose(x, 0, atol=1.000e-12)\n",
    "an error": "    assert_raises(IndexError, x.take, [0, 1, 2], axis=0)\n",
    "a shape": "    expected_shape = (2, 1, 4, 5)\n    assert x.shape == expected_shape\n",
    "what the data is made of": "    expected_params = [1, -0.5]\n    assert x @ expected_params\n",
    "made by a call": "    desired = f([0.5, 0, 1, 2], x)\n    assert_allclose(g(x), desired)\n",
    "a name of its own": "    t = x\n    assert_equal(t, x)\n\nt = [0.125, 0.251, 0.375]\n",
    "another table": "    y = KNOTS + 1\n    assert x.sum() < 2\n\nKNOTS = [0.125, 0.251, 0.375]\n",
}


@pytest.mark.parametrize("text", NOT_STORED.values(), ids=NOT_STORED)
def test_bounds_are_no_stored_results(text: str) -> None:
    start = "import numpy as np\n\n\ndef test_f():\n    rng = np.random.RandomState(3)\n"
    assert "default_rng(3)" in fixed(f"{start}    x = rng.rand(2)\n{text}")


@pytest.mark.parametrize("text", STORED_RESULTS.values(), ids=STORED_RESULTS)
def test_stored_results_are_not_lost(text: str) -> None:
    text = "import numpy as np\n\n\n" + text
    assert check_source(program(text))
    assert fixed(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "import numpy as np\nfrom numpy.random import rand\nimport os\n\nx = rand(2)\n",
            "import numpy as np\nimport os\n\nrng = np.random.default_rng()\n\nx = rng.random(2)\n",
            id="the only name of its line",
        ),
        pytest.param(
            "import numpy as np\nfrom numpy.random import rand, PCG64\nbits = PCG64()\n"
            "np.random.seed(1)\nx = rand(2)\n",
            "import numpy as np\nfrom numpy.random import PCG64\nbits = PCG64()\n"
            "rng = np.random.default_rng(1)\nx = rng.random(2)\n",
            id="one of two names",
        ),
        pytest.param(
            "import numpy as np\ndef f():\n    from numpy.random import RandomState\n"
            "    return RandomState(3).rand(2)\n",
            "import numpy as np\ndef f():\n    return np.random.default_rng(3).random(2)\n",
            id="within a function",
        ),
        pytest.param(
            "import numpy as np\nfrom numpy.random import rand\n__all__ = ['rand']\n"
            "np.random.seed(1)\nx = rand(2)\n",
            "import numpy as np\nfrom numpy.random import rand\n__all__ = ['rand']\n"
            "rng = np.random.default_rng(1)\nx = rng.random(2)\n",
            id="a name that others may import",
        ),
        pytest.param(
            "import numpy as np\ntry:\n    from numpy.random import rand\nexcept ImportError:\n"
            "    pass\nnp.random.seed(1)\nx = rand(2)\n",
            "import numpy as np\ntry:\n    from numpy.random import rand\nexcept ImportError:\n"
            "    pass\nrng = np.random.default_rng(1)\nx = rng.random(2)\n",
            id="all that a block holds",
        ),
    ],
)
def test_imports_that_nothing_uses_any_more_are_dropped(before: str, after: str) -> None:
    assert fixed(before) == after


ABOUT_RANDOM = "def test_draw():\n    rng = np.random.RandomState(0)\n    assert rng.rand() < 1\n"


@pytest.mark.parametrize(
    ("filename", "text", "reason"),
    [
        ("tests/test_random.py", ABOUT_RANDOM, "is what this test is about"),
        ("tests/test_randomstate.py", ABOUT_RANDOM, "is what this test is about"),
        ("random/tests/test_regression.py", ABOUT_RANDOM, "is what this test is about"),
        (
            "tests/test_x.py",
            "class TestRandInt:\n    def test_bounds(self):\n"
            "        assert np.random.randint(3) < 3\n",
            "is what this test is about",
        ),
        (
            "tests/results/generate.py",
            "np.random.seed(1)\nnp.savetxt('x.csv', np.random.normal(size=(3, 2)))\n",
            "written to a file that tests compare with",
        ),
        (
            "tests/results/generate.py",
            "rng = np.random.RandomState(1)\nnp.savetxt('x.csv', rng.normal(size=(3, 2)))\n",
            "written to a file that tests compare with",
        ),
    ],
)
def test_the_subject_of_a_test_and_its_data_stay(filename: str, text: str, reason: str) -> None:
    text = f"import numpy as np\n{text}"
    found = check_source(program(text, filename))
    assert found and any(reason in each.help for each in found)
    assert fixed(text, filename) == text


def test_tests_of_random_things_are_fixed_like_any_other() -> None:
    text = f"import numpy as np\n{ABOUT_RANDOM}"
    assert "default_rng(0)" in fixed(text, "tests/test_random_walker.py")


def test_a_generator_without_seed_is_no_worse_than_a_global_state_without_one() -> None:
    text = "import numpy as np\nx = np.random.rand(3)\n"
    assert "default_rng()" in fixed(text, "program.py", "RNG106")


@pytest.mark.parametrize(
    "body",
    [
        "    y = x.f(rng=np.random.RandomState(7))\n    z = x.f(rng=np.random.RandomState(7))\n",
        "    a = np.random.RandomState(7)\n    b = np.random.RandomState(7)\n"
        "    assert a.normal() == b.normal()\n",
    ],
    ids=["on the spot", "in variables"],
)
def test_equal_objects_of_a_function_change_together(body: str) -> None:
    text = f"import numpy as np\ndef g(x):\n{body}"
    fixes = {each.fix for each in check_source(program(text)) if each.code == "RNG103"}
    assert len(fixes) == 1 and fixes != {None}


def test_rounded_numbers_cannot_be_results_of_what_nobody_seeds() -> None:
    start = "import numpy as np\n\n\ndef test_f():\n    x = np.random.rand(3)\n"
    weights = f"{start}    assert_equal(hist(x), x)\n    assert_equal(hist(BINS), [1, 2, 3, 4])\n"
    assert "rng.random(3)" in fixed(weights, "test_x.py", "RNG106")
    for seed in ("np.random.seed", "transformers.set_seed"):
        text = f"import transformers\n{weights}".replace("    x =", f"    {seed}(3)\n    x =")
        assert fixed(text, "test_x.py", "RNG106") == text
    digits = f"{start}    assert_allclose(x, [0.5507979025745755, 0.7081478226])\n"
    assert fixed(digits, "test_x.py", "RNG106") == digits


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("def f(x, size):\n    return np.random.rand(*size)\n", True),
        ("def f(x, size=(2,)):\n    return np.random.rand(*size)\n", True),
        ("def f(x, size=()):\n    return np.random.rand(*size)\n", False),
        ("def f(x, size=None):\n    return np.random.rand(*size)\n", False),
        ("def f(x, *size):\n    return np.random.rand(*size)\n", False),
        ("f = lambda *size: np.random.rand(*size)\n", False),
        ("f = lambda size: np.random.rand(*size)\n", True),
        ("def f(x):\n    return np.random.rand(*x.size), np.random.rand(*x.shape)\n", True),
        ("def f(x):\n    return np.random.rand(*g(x))\n", False),
        ("def f(x):\n    for s in [(3,), (4, 5)]:\n        yield np.random.rand(*s)\n", True),
        ("def f(x):\n    for s in [(), (4, 5)]:\n        yield np.random.rand(*s)\n", False),
        ("def f(x):\n    s = []\n    s += x\n    return np.random.rand(*s)\n", False),
        ("def f(x):\n    s = [n for n in x]\n    return np.random.rand(*s)\n", True),
        (
            "import pytest\n@pytest.mark.parametrize('s', [(), (4, 5)])\n"
            "def test_f(s):\n    g(np.random.rand(*s))\n",
            False,
        ),
        (
            "import pytest\n@pytest.mark.parametrize('s', [(3,), (4, 5)])\n"
            "def test_f(s):\n    g(np.random.rand(*s))\n",
            True,
        ),
    ],
)
def test_a_shape_that_may_be_empty_stays(text: str, full: bool) -> None:
    found = check_source(program(f"import numpy as np\n{text}"))
    assert {each.fix is not None for each in found if each.code == "RNG102"} == {full}


@pytest.mark.parametrize(
    ("comment", "chosen"),
    [
        ("# sensitive to the inputs, so we use a known working seed.", True),
        ("# the result depends on this seed", True),
        ("# This seed was picked by hand", True),
        ("# setting the seed to make the test reproducible", False),
        ("# no significance of the seed", False),
        ("# sensitive to the step", False),
    ],
)
def test_a_seed_that_was_looked_for_stays(comment: str, chosen: bool) -> None:
    text = f"import numpy as np\ndef test_f():\n    {comment}\n"
    text += "    rng = np.random.RandomState(0)\n    f(rng.rand(3))\n"
    assert (fixed(text, "test_x.py") == text) == chosen


@pytest.mark.parametrize(
    ("seeding", "after"),
    [
        ("np.random.seed(7)\n", "rng.random(3)"),
        ("np.random.seed(SEED)\n", "np.random.rand(3)"),
        ("def f():\n    np.random.seed(7)\n", "rng.random(3)"),
    ],
)
def test_seeds_that_imported_modules_set(tmp_path: Path, seeding: str, after: str) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "common.py").write_text(f"import numpy as np\nSEED = 3\n{seeding}SIZE = 9\n")
    file = tmp_path / "bench.py"
    file.write_text("import numpy as np\nfrom common import SIZE\nx = np.random.rand(3)\n")
    source = Source.read(str(file))
    result = fix_source(source, unsafe=True).source.program
    assert result.endswith(f"x = {after}\n")
    assert ("default_rng(7)" in result) == (seeding == "np.random.seed(7)\n")
    assert str(tmp_path / "common.py") in view_source(source).consulted


@pytest.mark.parametrize(
    "function",
    [
        "def draw(rng):\n    return jax.random.normal(rng)\n",
        "def draw(seed):\n    rng = jax.random.key(seed)\n    return jax.random.normal(rng)\n",
        "def draw(key):\n    key, rng = jax.random.split(key)\n    return jax.random.normal(rng)\n",
    ],
)
def test_a_generator_of_a_module_is_not_called_as_the_keys_of_its_functions(function: str) -> None:
    text = f"import jax\nimport numpy as np\n\n{function}\nprint(np.random.rand(3))\n"
    assert "(np_rng.random(3))" in fixed(text, "program.py", "RNG106")
    assert "(rng.random(3))" in fixed(text.replace("rng", "k"), "x.py", "RNG106")


def test_a_list_of_drawn_integers_is_a_stored_result() -> None:
    text = (
        "import numpy as np\ndef test_order():\n    rng = np.random.RandomState(1)\n"
        "    assert_equal(rng.permutation(5), [2, 1, 4, 0, 3])\n"
    )
    assert fixed(text, "test_x.py") == text


#: A helper of the same program, and whether a seed before its call may go: it draws nothing.
HELPERS = {
    "nothing of NumPy's": ("import jax\ndef solve(x): return jax.random.key(0), x\n", True),
    "a generator": ("import numpy as np\ndef solve(x): return np.random.default_rng(0), x\n", True),
    "a docstring": ('"""Like np.random.rand."""\nimport json\ndef solve(x): return x\n', True),
    "a draw": ("import numpy as np\ndef solve(x): return np.random.rand() + x\n", False),
    "a draw by another name": ("import numpy as onp\nsolve = onp.random.permutation\n", False),
    "a draw by its name": (
        "from numpy.random import rand\ndef solve(x): return rand() + x\n",
        False,
    ),
    "the module": ("from numpy import random\ndef solve(x): return random.rand() + x\n", False),
    "a draw of another function": (
        "import numpy as np\ndef solve(x):\n    return x\n\ndef other(x):\n"
        "    return np.random.rand() + x\n",
        True,
    ),
    "a draw by way of another function": (
        "import numpy as np\ndef solve(x):\n    return other(x)\n\ndef other(x):\n"
        "    return np.random.rand() + x\n",
        False,
    ),
    "a variable that draws": (
        "import numpy as np\ndraw = np.random.rand\ndef solve(x):\n    return x + draw()\n",
        False,
    ),
    "a method of another class that draws": (
        "import numpy as np\n\nclass solve:\n    def __init__(self, x):\n        self.x = x\n"
        "\n    def __lt__(self, y):\n        return self.x < y\n\nclass Other:\n"
        "    def __init__(self):\n        self.x = np.random.rand()\n",
        True,
    ),
    "an unknown library": ("import unknown\ndef solve(x): return unknown.solve(x)\n", False),
    "a library that draws": (
        "from scipy import stats\ndef solve(x): return stats.norm.rvs()\n",
        False,
    ),
    "another file that draws": ("from .deeper import solve\n", False),
    "another file that does not": ("from .quiet import solve\n", True),
}


@pytest.mark.parametrize(("helper", "goes"), HELPERS.values(), ids=HELPERS.keys())
def test_seed_goes_where_no_other_file_of_the_program_draws(
    tmp_path: Path, helper: str, goes: bool
) -> None:
    package = tmp_path / "pkg"
    package.mkdir()
    (tmp_path / "pyproject.toml").touch()
    (package / "__init__.py").write_text("from pkg.helper import solve\n")
    (package / "helper.py").write_text(helper)
    (package / "deeper.py").write_text("import numpy as np\nsolve = np.random.shuffle\n")
    (package / "quiet.py").write_text("from . import helper\ndef solve(x): return x\n")
    file = tmp_path / "test_solve.py"
    text = "import numpy as np\nfrom pkg import solve\n\ndef test_solve():\n{}"
    before = text.format("    np.random.seed(3)\n    assert solve(np.random.rand()) < 1\n")
    file.write_text(before)
    source = Source.read(str(file))
    seed = "" if goes else "    np.random.seed(3)\n"
    after = f"    rng = np.random.default_rng(3)\n{seed}    assert solve(rng.random()) < 1\n"
    assert fix_source(source, unsafe=True).source.program == text.format(after)
    assert str(package / "helper.py") in view_source(source).consulted


@pytest.mark.parametrize(
    ("use", "keeps"),
    [
        ("from scipy import stats\nprint(stats.zscore(x), stats.beta(2, 5).pdf(x))\n", False),
        ("from scipy import stats\nprint(stats.norm.rvs(3))\n", True),
        ("from scipy.special import expit\nfrom jax import random\nprint(expit(x))\n", False),
        ("from scipy.special import expit\nimport jax.random as random\nprint(expit(x))\n", False),
        ("from scipy.stats import bootstrap\nprint(bootstrap((x,), np.mean))\n", True),
        ("from scipy.sparse import random\nprint(random(3, 3))\n", True),
        ("from scipy import sparse\nprint(sparse.random(3, 3))\n", True),
        (
            "import statsmodels.api as sm\nprint(sm.nonparametric.KDEMultivariate([x], 'c'))\n",
            False,
        ),
        ("import statsmodels.api as sm\nprint(sm.OLS(x, x).fit().simulate(3))\n", True),
    ],
)
def test_a_seed_stays_where_a_library_may_draw(use: str, keeps: bool) -> None:
    imports, _, rest = use.partition("\n")
    text = f"import numpy as np\n{imports}\nnp.random.seed(0)\nx = np.random.rand(9)\n{rest}"
    result = fixed(text)
    assert "rng = np.random.default_rng(0)\n" in result
    assert ("np.random.seed(0)" in result) == keeps


def test_cases_collected_in_a_list_are_not_what_other_tests_know_the_results_of() -> None:
    text = (
        "import numpy as np\n\nnp.random.seed(3)\nCASES = []\nCASES += [np.random.rand(3)]\n\n"
        "def test_sizes():\n    assert all(np.size(case) == 3 for case in CASES)\n\n"
        "def test_solve():\n    assert_allclose(np.linalg.det(A), [0.5507979025745, 0.708147822])\n"
    )
    assert "CASES += [rng.random(3)]" in fixed(text, "test_solve.py")
    known = text.replace("np.linalg.det(A)", "np.concatenate(CASES)")
    assert fixed(known, "test_solve.py") == known


@pytest.mark.parametrize(
    ("call", "keeps"),
    [("check(self.solve)", False), ("check(self.solver)", True), ("check(self.solve(x))", True)],
)
def test_what_a_test_file_calls_for_its_own_functions_draws_nothing_else(
    call: str, keeps: bool
) -> None:
    text = (
        "import numpy as np\n\nnp.random.seed(3)\n"
        "x = np.random.rand(3)\n\nclass TestSolve:\n    def solve(self, x):\n"
        "        assert x.size == 3\n\n    def test_all(self):\n        " + call + "\n\n"
        "def check(do):\n    do(x)\n"
    )
    result = fixed(text, "test_solve.py")
    assert "rng = np.random.default_rng(3)\nx" in result.replace("np.random.seed(3)\n", "")
    assert ("np.random.seed(3)" in result) == keeps


def test_a_shape_keeps_no_parentheses_that_it_does_not_need() -> None:
    text = "import numpy as np\n\nsize = 3\nx = np.random.rand(*{})\n"
    for before, after in (
        ("((2,) * size)", "(2,) * size"),
        ("(size)", "size"),
        ("(2, size)", "(2, size)"),
        ("(2,) + (size,)", "(2,) + (size,)"),
    ):
        assert f"rng.random({after})\n" in fixed(text.format(before), "program.py", "RNG106")


def test_the_set_up_of_a_class_seeds_for_its_own_tests() -> None:
    text = """\
import unittest

import numpy as np


class TestA(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.size = 3

    def test_a(self):
        self.assertTrue(np.random.rand(self.size).all())


class TestB(unittest.TestCase):
    def setUp(self):
        super().setUp()
        np.random.seed(1234)

    def test_b(self):
        self.assertTrue(np.random.rand(3).all())
"""
    result = fixed(text, "test_x.py")
    assert (
        "        rng = np.random.default_rng()\n        self.assertTrue(rng.random(self.s" in result
    )
    assert "        self.rng = np.random.default_rng(1234)\n\n" in result
    assert "self.assertTrue(self.rng.random(3).all())" in result
    assert "np.random.seed" not in result


@pytest.mark.parametrize(
    ("decorator", "keeps"),
    [
        ('@pytest.mark.parametrize("make", [HMC, NUTS])\n', False),
        ('@pytest.mark.parametrize("size, make", [(3, HMC)])\n', False),
        ('@pytest.mark.parametrize("size", [3])\n', True),
        ('@pytest.mark.parametrize("make", [HMC, Sampler])\n', True),
    ],
)
def test_what_a_test_is_listed_to_get_may_be_known_to_draw_nothing(
    decorator: str, keeps: bool
) -> None:
    text = (
        "import numpy as np\nimport pytest\nfrom numpyro.infer import HMC, NUTS\n"
        "from samplers import Sampler\n\n"
        f"{decorator}def test_f(make, size):\n    np.random.seed(0)\n"
        "    x = np.random.rand(size)\n    assert make(x)\n"
    )
    assert ("np.random.seed(0)" in fixed(text, "test_x.py")) == keeps


def test_few_tests_make_a_generator_each_and_many_share_one() -> None:
    head = "import numpy as np\n\n\n"
    few = "".join(
        f'def test_{n}():\n    """What it is."""\n    assert np.random.rand(3)[{n}] < 1\n\n\n'
        for n in range(3)
    )
    result = fixed(head + few, "test_x.py")
    assert (
        result.count('"""What it is."""\n    rng = np.random.default_rng()\n    assert rng.') == 3
    )
    assert result.count("default_rng") == 3
    others = few.replace("test_", "make_")
    assert fixed(head + others, "x.py", "RNG106").count("default_rng") == 1
    assert fixed(head + few + few.replace("test_", "test_other_"), "test_x.py").count("rng()") == 1
    at_import = f"{head}CASES = [np.random.rand(3)]\n\n\n{few}"
    assert fixed(at_import, "test_x.py").startswith(f"{head[:-1]}rng = np.random.default_rng()\n")


def test_functions_beside_others_that_make_a_generator_make_their_own() -> None:
    text = (
        "import numpy as np\n\n\nclass A:\n    def setup(self):\n"
        "        self.x = np.random.rand(3)\n\n    def other(self):\n"
        "        rng = np.random.default_rng(7)\n        return rng.random(3)\n"
    )
    result = fixed(text, "bench.py")
    assert "setup(self):\n        rng = np.random.default_rng()\n        self.x = rng." in result
    alone = fixed(text.partition("\n\n    def other")[0] + "\n", "bench.py", "RNG106")
    assert alone.startswith("import numpy as np\n\n_rng = np.random.default_rng()\n")


def test_the_set_up_of_a_benchmark_seeds_for_its_own_runs(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "common.py").write_text(
        "import numpy as np\n\ndef squares():\n    return np.random.rand(3) ** 2\n\n"
        "class Benchmark:\n    timeout = 10\n"
    )
    text = (
        "import numpy as np\nfrom common import Benchmark, squares\n\n\nclass A(Benchmark):\n"
        "    def setup(self):\n        self.x = squares()\n\n\nclass B(Benchmark):\n"
        "    def setup(self):\n        np.random.seed(3)\n        x = np.random.rand(3)\n"
        "        self.x = {}\n"
    )
    file = tmp_path / "bench.py"
    for use, keeps in (("x", False), ("x + squares()", True)):
        file.write_text(text.format(use))
        result = fix_source(Source.read(str(file)), unsafe=True).source.program
        assert "rng = np.random.default_rng(3)\n" in result
        assert ("np.random.seed(3)" in result) == keeps
