"""A script seeds once; its functions, classes, lambdas and comprehensions draw."""

import numpy as np

np.random.seed(42)
OFFSET = np.random.normal(size=3)


class Noise:
    scale = 2.0

    def __call__(self, n):
        return self.scale * np.random.standard_normal(n)


def rows(n):
    return [np.random.rand(4) for _ in range(n)]


def sample():
    pick = lambda n: np.random.choice(10, n)  # noqa: E731
    return {
        "offset": OFFSET,
        "noise": Noise()(5),
        "rows": np.array(rows(3)),
        "pick": pick(4),
        "large": np.random.exponential(2.0, 3000),
    }
