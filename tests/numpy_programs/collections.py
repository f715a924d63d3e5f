"""Draws from and of collections, in place and as copies."""

import numpy as np


def sample():
    np.random.seed(11)
    deck = list(range(10))
    np.random.shuffle(deck)
    table = np.arange(12).reshape(4, 3)
    np.random.shuffle(table)
    return {
        "deck": np.sort(deck),
        "table": np.sort(table, axis=0),
        "order": np.sort(np.random.permutation(6)),
        "hand": np.sort(np.random.choice(5, 5, replace=False)),
        "biased": np.random.choice([0, 1], 3000, p=[0.2, 0.8]),
    }
