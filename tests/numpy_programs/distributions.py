"""Every distribution that both have, with the same arguments."""

import numpy as np

SIZE = 3000


def sample():
    np.random.seed(17)
    return {
        "beta": np.random.beta(2, 3, SIZE),
        "binomial": np.random.binomial(10, 0.3, SIZE),
        "chisquare": np.random.chisquare(3, SIZE),
        "dirichlet": np.random.dirichlet((1, 2, 3), 1000),
        "f": np.random.f(4, 9, SIZE),
        "geometric": np.random.geometric(0.3, SIZE),
        "gumbel": np.random.gumbel(1, 2, SIZE),
        "hypergeometric": np.random.hypergeometric(9, 8, 7, SIZE),
        "laplace": np.random.laplace(0, 1, SIZE),
        "logistic": np.random.logistic(0, 1, SIZE),
        "lognormal": np.random.lognormal(0, 0.5, SIZE),
        "logseries": np.random.logseries(0.4, SIZE),
        "multinomial": np.random.multinomial(8, [0.2, 0.8], 1500),
        "multivariate_normal": np.random.multivariate_normal([0, 1], np.eye(2), 1500),
        "negative_binomial": np.random.negative_binomial(3, 0.4, SIZE),
        "noncentral_chisquare": np.random.noncentral_chisquare(2, 1, SIZE),
        "noncentral_f": np.random.noncentral_f(4, 9, 1, SIZE),
        "pareto": np.random.pareto(3.0, SIZE),
        "poisson": np.random.poisson(4.0, SIZE),
        "power": np.random.power(2.0, SIZE),
        "rayleigh": np.random.rayleigh(2.0, SIZE),
        "standard_cauchy": np.random.standard_cauchy(SIZE),
        "standard_exponential": np.random.standard_exponential(SIZE),
        "standard_gamma": np.random.standard_gamma(2.0, SIZE),
        "standard_normal": np.random.standard_normal(SIZE),
        "standard_t": np.random.standard_t(5, SIZE),
        "vonmises": np.random.vonmises(0, 2, SIZE),
        "wald": np.random.wald(1.0, 2.0, SIZE),
        "zipf": np.random.zipf(3.0, SIZE),
    }
