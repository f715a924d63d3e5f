"""AakashKumarNain/TF_JAX_tutorials#4: the subkey is left lying; a loop remakes its key."""

from jax import random


def augment(key, batch):
    key, subkey = random.split(key)  # expect: RNG204
    return random.randint(key, (batch,), minval=0, maxval=2)


def show_three():
    shown = []
    for _ in range(3):
        key = random.PRNGKey(0)  # expect: RNG301
        shown.append(random.normal(key))
    return shown


def reported():
    first, second, _ = show_three()
    return first, second


# --- repaired ---


def augment_repaired(key, batch):
    key, subkey = random.split(key)
    return key, random.randint(subkey, (batch,), minval=0, maxval=2)


def show_three_repaired():
    key = random.PRNGKey(42)
    shown = []
    for _ in range(3):
        key, subkey = random.split(key)
        shown.append(random.normal(subkey))
    return shown


def repaired():
    first, second, _ = show_three_repaired()
    return first, second
