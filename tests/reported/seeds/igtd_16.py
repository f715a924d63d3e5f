"""zhuyitan/IGTD#16: a seeded random state is made and thrown away; the draws use the global one."""

import numpy as np


def arrange(source, steps, random_state=1):
    np.random.RandomState(seed=random_state)  # expect: RNG103
    order = np.arange(len(source))
    for _ in range(steps):
        row = np.random.permutation(len(order))[0]  # expect: RNG102
        order[0], order[row] = order[row], order[0]
    return order


# --- repaired ---


def arrange_repaired(source, steps, random_state=1):
    rng = np.random.default_rng(random_state)
    order = np.arange(len(source))
    for _ in range(steps):
        row = rng.permutation(len(order))[0]
        order[0], order[row] = order[row], order[0]
    return order
