"""Every style of reaching the module by its attribute."""

import numpy
import numpy as np
import numpy.random as npr
from numpy import random


def first():
    numpy.random.seed(1)
    return numpy.random.rand(2)


def second():
    npr.seed(1)
    return npr.rand(2)


def third():
    random.seed(1)
    return random.rand(3000)


def sample():
    return {"first": first(), "second": second(), "third": third(), "both": np.zeros(1)}
