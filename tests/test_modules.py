"""What rnglint knows of the other files of a program: found beside a file, read, never imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnglint import check_source
from rnglint.config.resolution import Config
from rnglint.discovery.tasks import Task
from rnglint.engine import view_source
from rnglint.runner.checking import FileResult, check_files
from rnglint.source.modules import find_module, read_module
from rnglint.source.reading import Source

NETS = """\
import jax
from ..util import really

def init(key, x):
    return really(key) + x

def ignore(key, x):
    return x

class Model:
    def __init__(self, key):
        self.weights = jax.random.normal(key)

    def sample(self, rng):
        return jax.random.normal(rng)

    def shape(self, rng):
        return ()

    def forward(self, rng):
        return ()
"""
FILES = {
    "pyproject.toml": "",
    "pkg/__init__.py": "",
    "pkg/util.py": "from jax import random\n\ndef really(k):\n    return random.normal(k)\n",
    "pkg/sub/__init__.py": "from .nets import Model, init as start\n",
    "pkg/sub/nets.py": NETS,
    "pkg/sub/star.py": "from .nets import *\n",
    "src/lib/__init__.py": "import jax\n\ndef draw(key):\n    return jax.random.normal(key)\n",
    "broken.py": "def f(:\n",
    "raising.py": "raise SystemExit('imported')\n\ndef f(key):\n    return 0\n",
}
HEADER = "import jax\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def lines(project: Path, text: str, name: str = "pkg/main.py") -> list[tuple[int, str]]:
    """The (line, code) of what is found in a file of the project."""
    path = project / name
    path.write_text(HEADER + text)
    return [(each.span.start.row, each.code) for each in check_source(Source.read(path))]


TWICE = """\
def f(key):
    a = {call}
    return a, jax.random.normal(key)
"""
CONSUMING = {
    "by a relative import": ("from .util import really\n", "really(key)"),
    "of a module": ("from . import util\n", "util.really(key)"),
    "by an absolute import": ("from pkg.util import really\n", "really(key)"),
    "of a module's full name": ("import pkg.util\n", "pkg.util.really(key)"),
    "under another name": ("import pkg.util as u\n", "u.really(key)"),
    "two files on": ("from .sub.nets import init\n", "init(key, 1)"),
    "through a package": ("from .sub import start\n", "start(key, 1)"),
    "through a star": ("from .sub.star import init\n", "init(key, 1)"),
    "a constructor": ("from .sub import Model\n", "Model(key)"),
    "below src": ("from lib import draw\n", "draw(key)"),
}
IGNORING = {
    "a function": ("from .sub.nets import ignore\n", "ignore(key, 1)"),
    "a function of a module": ("from .sub import nets\n", "nets.ignore(key, 1)"),
    "of what would not survive its import": ("from raising import f as g\n", "g(key)"),
}


@pytest.mark.parametrize(("imports", "call"), CONSUMING.values(), ids=CONSUMING)
def test_what_consumes_in_another_file_is_seen(project: Path, imports: str, call: str) -> None:
    text = imports + TWICE.format(call=call)
    assert lines(project, text) == [(5, "RNG201")]


@pytest.mark.parametrize(("imports", "call"), IGNORING.values(), ids=IGNORING)
def test_what_ignores_its_key_in_another_file_is_no_reuse(
    project: Path, imports: str, call: str
) -> None:
    assert lines(project, imports + TWICE.format(call=call)) == []


def test_the_other_file_is_named(project: Path) -> None:
    path = project / "pkg" / "main.py"
    path.write_text(HEADER + "from .sub.nets import init\n" + TWICE.format(call="init(key, 1)"))
    (found,) = check_source(Source.read(path))
    assert (
        "(`init` consumes its parameter `key` on line 5 of sub/nets.py)" in found.related[0].message
    )


def test_methods_of_imported_classes_and_bases(project: Path) -> None:
    text = (
        "from .sub import Model\n"
        "def f(key, rng):\n"
        "    model = Model(key or jax.random.key(0))\n"
        "    model.shape(rng)\n"
        "    return model.sample(rng), model.shape(rng), model.sample(rng)\n"
        "class Mine(Model):\n"
        "    def both(self, rng):\n"
        "        x = self.shape(rng), jax.random.key_data(rng)\n"
        "        return x, self.sample(rng), self.sample(rng)\n"
    )
    assert lines(project, text) == [(6, "RNG201"), (10, "RNG201")]


def test_the_class_of_a_fixture_is_that_of_its_annotation(project: Path) -> None:
    text = (
        "from .sub import Model\n"
        "def test_shapes(model: Model):\n"
        "    rng = jax.random.key(0)\n"
        "    shape = jax.jit(model.forward)(rng)\n"
        "    shape += model.forward(rng)\n"
        "    assert model.sample(rng).shape == shape\n"
        "    use(jax.jit(model.sample)(rng))\n"
    )
    assert lines(project, text) == [(8, "RNG201")]


def test_elsewhere_an_annotation_may_name_a_base_class(project: Path) -> None:
    text = (
        "from .sub import Model\n"
        "def sample(model: Model):\n"
        "    rng = jax.random.key(0)\n"
        "    made = model.forward(rng)\n"
        "    return made, jax.random.normal(rng)\n"
    )
    assert lines(project, text) == [(6, "RNG201")]


@pytest.mark.parametrize("module", ["broken", "missing", "pkg.missing"])
def test_what_cannot_be_read_is_unknown(project: Path, module: str) -> None:
    text = f"from {module} import f\ndef g(key):\n    return f(key), jax.random.normal(key)\n"
    assert lines(project, text) == [(4, "RNG201")]


def test_two_files_that_import_each_other(project: Path) -> None:
    other = "import jax\nfrom .main import f\n\ndef g(key):\n    return f(key), f(key)\n"
    (project / "pkg" / "other.py").write_text(other)
    text = "from .other import g\ndef f(key):\n    g(key)\n    return jax.random.normal(key)\n"
    lines(project, text)


def test_a_text_without_a_file_has_no_neighbours(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    text = HEADER + "from pkg.sub.nets import ignore\n" + TWICE.format(call="ignore(key, 1)")
    assert [each.code for each in check_source(text)] == ["RNG201"]


def test_files_that_were_consulted(project: Path) -> None:
    path = project / "pkg" / "main.py"
    path.write_text(HEADER + "from .sub import start\n" + TWICE.format(call="start(key, 1)"))
    found = {Path(name).relative_to(project).as_posix() for name in _consulted(path)}
    assert found == {"pkg/sub/__init__.py", "pkg/sub/nets.py", "pkg/util.py"}


def _consulted(path: Path) -> frozenset[str]:
    return view_source(Source.read(path)).consulted


def test_the_cache_forgets_what_depends_on_a_changed_file(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    path = project / "pkg" / "main.py"
    path.write_text(HEADER + "from .util import really\n" + TWICE.format(call="really(key)"))
    tasks = [Task(str(path), Config(path=str(project / "pyproject.toml")))]

    def findings() -> list[str]:
        results: list[FileResult] = list(check_files(tasks))
        return [each.code for result in results for each in result.diagnostics]

    assert findings() == ["RNG201"]
    assert findings() == ["RNG201"]
    (project / "pkg" / "util.py").write_text("def really(k):\n    return 0\n")
    assert findings() == []


def test_finding_modules(project: Path) -> None:
    here = str(project / "pkg" / "sub" / "nets.py")
    util = str(project / "pkg" / "util.py")
    assert find_module(here, "..util.really") == (util, "really")
    assert find_module(here, "pkg.util") == (util, "")
    assert find_module(here, "pkg.util.really.deeper") == (util, "really.deeper")
    assert find_module(here, "elsewhere.f") is None


def test_a_changed_module_is_read_anew(project: Path) -> None:
    path = project / "pkg" / "util.py"
    first = read_module(str(path))
    assert first is read_module(str(path))
    path.write_text("x = 1\n")
    second = read_module(str(path))
    assert second is not None and second.program == "x = 1\n"
    assert read_module(str(project / "broken.py")) is not None
    assert read_module(str(project / "missing.py")) is None
