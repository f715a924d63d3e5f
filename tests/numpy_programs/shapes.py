"""Dimensions become shapes, and numbers stay numbers."""

import numpy as np

SHAPE = (2, 3)


def sample():
    np.random.seed(7)
    like = np.zeros((3, 2))
    size = (4,) * 2
    return {
        "number": np.random.rand(),
        "normal": np.random.randn(),
        "vector": np.random.rand(5),
        "matrix": np.random.rand(2, 3),
        "star": np.random.randn(*SHAPE),
        "mixed": np.random.randn(2, *SHAPE),
        "like": np.random.rand(*like.shape),
        "power": np.random.rand(*size),
        "nested": np.random.rand(np.random.randint(3, 4), 2),
        "sized": np.random.random_sample(size=SHAPE),
        "large": np.random.randn(3000),
    }
