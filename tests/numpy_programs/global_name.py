"""The usual name is taken, and one function declares a global."""

import numpy as np

rng = 3
count = 0
np.random.seed(13)
start = np.random.rand()


def step():
    global count
    count += 1
    return np.random.triangular(0, 1, 4, 1500)


def sample():
    np_rng = [step(), step()]
    return {"steps": np.concatenate(np_rng), "count": count, "taken": rng, "start": start}
