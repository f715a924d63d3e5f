"""Bounds of integers, and Python numbers where they are noticed."""

import json

import numpy as np


def sample():
    np.random.seed(5)
    json.dumps({"n": np.random.randint(3)})
    single = np.random.randint(2, 9)
    assert isinstance(single, int)
    small = np.ones(2, np.float32) * np.random.randint(1, 5)
    return {
        "single": single,
        "small": small,
        "below": np.random.randint(5, size=3000),
        "typed": np.random.randint(0, 2, 6, dtype=np.uint8),
        "bounds": np.random.randint([1, 20], [2, 21]),
        "dice": np.random.random_integers(6, size=3000),
        "between": np.random.random_integers(2, 4, (2, 2)),
        "bytes": np.frombuffer(np.random.bytes(8), np.uint8).shape,
    }
