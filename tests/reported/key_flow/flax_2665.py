"""google/flax#2665: the weights of a batched layer are initialized slice by slice, with one key.

A list comprehension calls the initializer once for each element of the batch.
"""

import jax
import jax.numpy as jnp


class BatchedDense:
    def __init__(self, batch, features):
        self.batch = batch
        self.features = features
        self.kernel_init = jax.nn.initializers.lecun_normal()

    def kernel(self, key, width):
        slices = [
            self.kernel_init(key, (width, self.features))  # expect: RNG202
            for _ in range(self.batch)
        ]
        return jnp.stack(slices)


def reported():
    first, second = BatchedDense(2, 3).kernel(jax.random.key(0), 4)
    return first, second


# --- repaired ---


class RepairedBatchedDense:
    def __init__(self, batch, features):
        self.batch = batch
        self.features = features
        self.kernel_init = jax.nn.initializers.lecun_normal()

    def kernel(self, key, width):
        slices = [
            self.kernel_init(slice_key, (width, self.features))
            for slice_key in jax.random.split(key, self.batch)
        ]
        return jnp.stack(slices)


def repaired():
    first, second = RepairedBatchedDense(2, 3).kernel(jax.random.key(0), 4)
    return first, second
