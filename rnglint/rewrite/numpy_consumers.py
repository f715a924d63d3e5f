"""Who else may draw from NumPy's global state: the libraries that a piece of code mentions."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cached_property

from rnglint.facts.model import Facts, Import, Scope, ScopeKind
from rnglint.rewrite.places import Places
from rnglint.rewrite.purpose import is_test_file
from rnglint.rewrite.reach import Reach
from rnglint.rewrite.words import code, words

#: Packages that never draw from NumPy's global state behind the caller's back.
_QUIET = """
    absl asv_runner attr attrs blackjax brax chex click cloudpickle courier cv2 cycler diffrax dill
    distrax dm_env dynamax einops equinox etils evosax flax gin google gpjax gymnax gymnasium h5py
    haiku hydra hypothesis imageio IPython jax jaxlib jaxopt jaxtyping jinja2 jraph lineax
    matplotlib mctx ml_collections ml_dtypes mpl_toolkits msgpack mujoco netket neural_tangents nose
    numexpr numpy numpyro omegaconf optax optimistix orbax ott packaging parameterized patsy PIL
    plotly polars psutil pyarrow pydantic pylab pytest requests rich rlax seaborn setuptools six
    skimage tabulate tensorboardX tensorflow tensorflow_datasets tensorflow_probability toml tomli
    torch tqdm tree typer typing_extensions wandb xarray yaml zarr
"""
_KNOWN = frozenset({*_QUIET.split(), *sys.stdlib_module_names})
#: Packages that draw from it unless told otherwise.
CONSUMERS = {
    "sklearn": "scikit-learn",
    "scipy": "SciPy",
    "pandas": "pandas",
    "imblearn": "imbalanced-learn",
    "statsmodels": "statsmodels",
    "networkx": "NetworkX",
}
#: What of these libraries draws, where it is not all of them: words of the code that uses them.
_DRAWING = {
    "scipy": re.compile(
        r"\b(?:\w*rvs|resample|bootstrap|permutation_test|monte_carlo_test|goodness_of_fit|qmc\w*"
        r"|sobol_indices|multiscale_graphcorr|multivariate_\w+|kmeans2?|svds|eigsh?|eigs|lobpcg"
        r"|random_array|basinhopping|dual_annealing|shgo|differential_evolution|interpolative"
        r"|quadratic_assignment|random_correlation|special_ortho_group|unitary_group)\b"
        r"|(?<!jax)(?<!np)(?<!numpy)\.(?:random|rand)\b|\bscipy\b[^\n]*\bimport\b[^\n]*(?:\b(?:rand|random)\b|\*)"
    ),
    "pandas": re.compile(r"\.sample\("),
    "statsmodels": re.compile(
        r"\b(?:simulate\w*|\w*rvs|\w*generate_sample\w*|bootstrap\w*|\w*efficient|EstimatorSettings"
        r"|sig_test|TestFForm|TestRegCoef\w|conditional\w*|\w*knockoff\w*|distance_\w+|corr_\w+"
        r"|mice\w*|mediation|bayes\w*|oaxaca\w*|\w*errband\w*|\w*basinhopping|distributions"
        r"|sandbox|copulas?|imputation|factor|nonlinls)\b",
        re.IGNORECASE,
    ),
}
#: Parameters that hold what never draws: objects of one's own, plots, and what tests are handed.
_NOT_ASKED = frozenset({"self", "cls", "ax", "axs", "axes", "fig", "args", "monkeypatch", "capsys"})
#: What says that a decorator lists the values of a parameter.
_LISTED = r"parametrize\(\s*[\[(]?[^\])]*[\"' ,]{}[\"' ,]"
#: Methods of arrays and of generators, which draw nothing from the global state.
_OF_ARRAYS = re.compile(
    r"(?:T|all|any|append|argm\w+|argsort|astype|clip|copy|cumsum|dot|dtype|extend|fill|flatten"
    r"|flat|format|get|index|items|join|keys|max|mean|min|ndim|nonzero|pop|prod|ravel|repeat"
    r"|reshape|round|shape|size|sort|split|squeeze|std|sum|swapaxes|take|tolist|transpose|update"
    r"|values|var|view|write)"
)


def packages(facts: Facts) -> frozenset[str]:
    """The top-level packages that the source imports; "" stands for a relative import."""
    return frozenset(item.qualified.partition(".")[0] for item in facts.imports)


def consumers(facts: Facts) -> list[str]:
    """The imported libraries that are known to draw from the global state."""
    return sorted(CONSUMERS[name] for name in packages(facts) if name in CONSUMERS)


class Consumers:
    """Tells for a piece of one source which names in it may draw from the global state."""

    def __init__(self, places: Places, reach: Reach) -> None:
        self._facts = places.facts
        self._places = places
        self._reach = reach

    def among(self, scopes: Iterable[int], *, whole: bool = False) -> str | None:
        """A name in the code of `scopes` behind which others may draw; None if there is none.

        If they are the `whole` program, what functions are handed is from there as well.
        """
        found = sorted(self._unknown & self._reach.words(scopes))
        if found or whole:
            return found[0] if found else None
        return next(filter(None, map(self._handed_in, scopes)), None)

    @cached_property
    def _unknown(self) -> frozenset[str]:
        return frozenset(item.bound for item in self._facts.imports if self._may_draw(item))

    def _may_draw(self, item: Import) -> bool:
        package = item.qualified.partition(".")[0]
        if package in _DRAWING:
            return _DRAWING[package].search(self._code) is not None
        if package in _KNOWN:
            return False
        behind = self._facts.behind.get(item.bound)
        return behind is None or behind.draws or not behind.packages <= _KNOWN

    @cached_property
    def _code(self) -> str:
        """The source without its strings, and without what it says of `numpy.random`."""
        return re.sub(r"\brandom\.\w+", "", code(self._facts.source.program))

    def _handed_in(self, scope: int) -> str | None:
        """A parameter of a function that it calls, or a method of which it calls."""
        function = self._facts.scopes[scope]
        if function.kind is not ScopeKind.FUNCTION or self._gets_own(function):
            return None
        whole = self._facts.text(function.span)
        text, head = code(whole), whole.partition("def ")[0]
        listed = self._unknown.isdisjoint(words(head))
        for name in function.parameters:
            if name in _NOT_ASKED or (listed and re.search(_LISTED.format(name), head)):
                continue
            if re.search(rf"(?<![\w.]){name}(?:\.(?!{_OF_ARRAYS.pattern}\b)\w+)*\(", text):
                return name
        return None

    def _gets_own(self, function: Scope) -> bool:
        """Whether a function of a test file is handed nothing but functions of that file."""
        if not is_test_file(self._facts):
            return False
        calls = re.findall(rf"(?<!def )\b{function.name}\(([^()]*\))?", self._code)
        own = {item.name for item in self._facts.scopes if item.kind is ScopeKind.FUNCTION}
        return bool(calls) and all(
            handed and words(handed).keys() - {"self"} <= own for handed in calls
        )
