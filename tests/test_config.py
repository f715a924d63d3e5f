"""Settings: which file counts, what its keys mean, and errors that say what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rnglint.config.resolution import (
    DEFAULT_EXCLUDE,
    Config,
    ConfigError,
    Selection,
    load_config,
    resolve_selector,
)
from rnglint.diagnostics import Diagnostic
from rnglint.rules import Rule, all_rules

if TYPE_CHECKING:
    from rnglint.facts.model import Facts


class Seed(Rule):
    code, name = "RNG101", "global-seed"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        yield from ()


class Draw(Seed):
    code, name = "RNG102", "global-draw"


class Reuse(Seed):
    code, name = "RNG201", "key-reuse"


class Legacy(Seed):
    code, name, default = "RNG208", "legacy-key", False


RULES: tuple[type[Rule], ...] = (Seed, Draw, Reuse, Legacy)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(start: Path | None = None, **options: Any) -> Config:
    return load_config(str(start) if start else None, rules=RULES, **options)


def enabled(config: Config) -> list[str]:
    return [rule.code for rule in RULES if config.enabled(rule)]


def test_defaults(folder: Path) -> None:
    config = load()
    assert config == Config(root=str(folder))
    assert enabled(config) == ["RNG101", "RNG102", "RNG201"]
    assert config.exclude == DEFAULT_EXCLUDE
    assert all(config.may_fix(rule) for rule in RULES)


ALL_KEYS = """
select = ["RNG1"]
ignore = ["RNG102"]
extend-select = ["legacy-key"]
extend-ignore = ["RNG2"]
fixable = ["ALL"]
unfixable = ["key-reuse"]
exclude = ["a"]
extend-exclude = ["b/*.py"]
force-exclude = true
respect-gitignore = false
unsafe-fixes = true
output-format = "json-lines"
cache-dir = "cache"
target-numpy = "randomstate"
numpy-rng = "parameter"
per-file-ignores = { "tests/**" = ["RNG1", "key-reuse"], "!src/**" = [] }
knowledge = { "ours.random" = { draw = { effect = "draw" } } }
"""


def test_all_keys(folder: Path) -> None:
    path = folder / "rnglint.toml"
    path.write_text(ALL_KEYS)
    config = load(folder / "sub" / "x.py")
    assert config == Config(
        select=("RNG1",),
        ignore=("RNG102",),
        extend_select=("RNG208",),
        extend_ignore=("RNG2",),
        fixable=("ALL",),
        unfixable=("RNG201",),
        exclude=("a",),
        extend_exclude=("b/*.py",),
        force_exclude=True,
        respect_gitignore=False,
        unsafe_fixes=True,
        output_format="json-lines",
        cache_dir=str(folder / "cache"),
        numpy_target="randomstate",
        numpy_rng="parameter",
        per_file_ignores=(("tests/**", ("RNG1", "RNG201")), ("!src/**", ())),
        knowledge={"ours.random": {"draw": {"effect": "draw"}}},
        root=str(folder),
        path=str(path),
        origins=config.origins,
    )
    assert dict(config.origins)["target-numpy"] == str(path)
    assert isinstance(hash(config), int)


@pytest.mark.parametrize(
    ("files", "winner"),
    [
        pytest.param(["pyproject.toml"], "pyproject.toml", id="pyproject.toml"),
        pytest.param(["rnglint.toml", "pyproject.toml"], "rnglint.toml", id="before pyproject"),
        pytest.param([".rnglint.toml", "rnglint.toml"], ".rnglint.toml", id="the hidden one first"),
        pytest.param(["../rnglint.toml"], "../rnglint.toml", id="above"),
        pytest.param(["pyproject.toml", "../rnglint.toml"], "pyproject.toml", id="the closest"),
        pytest.param(["!pyproject.toml", "../rnglint.toml"], "../rnglint.toml", id="without table"),
        pytest.param([], None, id="none"),
    ],
)
def test_the_closest_file_wins(folder: Path, files: list[str], winner: str | None) -> None:
    project = folder / "project"
    (project / "sub").mkdir(parents=True)
    for name in files:
        path = (project / name.lstrip("!")).resolve()
        table = "[tool.rnglint]" if name == "pyproject.toml" else ""
        path.write_text("[project]\nname = 'x'" if name.startswith("!") else table)
    config = load(project / "sub")
    expected = str((project / winner).resolve()) if winner else None
    assert config.path == expected
    assert config.root == (str(Path(expected).parent) if expected else str(folder))


def test_a_named_file_is_used_and_its_patterns_are_relative_to_here(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "other.toml").write_text("select = ['RNG2']")
    (folder / "rnglint.toml").write_text("select = ['RNG1']")
    config = load(config_file="sub/other.toml")
    assert (config.select, config.root, config.path) == (("RNG2",), str(folder), "sub/other.toml")
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'")
    assert load(config_file="pyproject.toml").select is None


def test_isolated(folder: Path) -> None:
    (folder / "rnglint.toml").write_text("select = ['RNG1']")
    assert load(isolated=True) == Config(root=str(folder))
    with pytest.raises(ConfigError, match="cannot be used where settings files are ignored"):
        load(isolated=True, config_file="rnglint.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "unknown key `selct`; did you mean `select`?"),
        (
            "numpy-targets = 'generator'",
            "unknown key `numpy-targets`; did you mean `numpy-target`?",
        ),
        ("qwertz = 1", "unknown key `qwertz`"),
        ("extend_select = []", "unknown key `extend_select`; did you mean `extend-select`?"),
        ("select = 'RNG1'", "`select`: must be a list of strings, not a string"),
        ("select = [1]", "`select`: must be a list of strings, not an array of other values"),
        ("select = ['RNG9']", "`select`: unknown rule selector `RNG9`; did you mean `RNG"),
        ("ignore = ['rng101']", "`ignore`: unknown rule selector `rng101`; did you mean `RNG101`?"),
        ("ignore = ['key-resue']", "unknown rule selector `key-resue`; did you mean `key-reuse`?"),
        ("unfixable = ['E501']", "`unfixable`: unknown rule selector `E501`"),
        ("select = ['RN']", "unknown rule selector `RN`"),
        ("select = ['']", "unknown rule selector ``"),
        ("force-exclude = 1", "`force-exclude`: must be true or false, not an integer"),
        ("cache-dir = 1.5", "`cache-dir`: must be a string, not a float"),
        ("cache-dir = 2020-01-01", "`cache-dir`: must be a string, not a date or time"),
        (
            "target-numpy = 'random-state'",
            "must be one of `generator`, `randomstate`, not `random-s",
        ),
        ("output-format = 'jsn'", "not `jsn`; did you mean `json`?"),
        ("per-file-ignores = []", "`per-file-ignores`: must be a table, not an array"),
        ("per-file-ignores = { x = 'RNG1' }", "must be a list of strings, not a string"),
        ("per-file-ignores = { x = ['RNG9'] }", "`per-file-ignores`: unknown rule selector `RNG9`"),
        ("knowledge = true", "`knowledge`: must be a table, not a boolean"),
        ("select = [", "no valid TOML"),
        ("select = []\nselect = []", "no valid TOML"),
    ],
)
def test_errors_name_file_and_key(folder: Path, text: str, message: str) -> None:
    path = folder / "rnglint.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        load()
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)


@pytest.mark.parametrize("data", [b"\xff", b"a = '\xe9'"])
def test_a_file_that_is_no_text(folder: Path, data: bytes) -> None:
    (folder / "rnglint.toml").write_bytes(data)
    with pytest.raises(ConfigError, match=r"rnglint\.toml: no valid TOML"):
        load()


def test_other_files_that_cannot_be_used(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.toml: cannot be read: No such file"):
        load(config_file="missing.toml")
    (folder / "pyproject.toml").write_text("tool.rnglint = 3")
    with pytest.raises(ConfigError, match=r"`tool\.rnglint` must be a table"):
        load()
    (folder / "pyproject.toml").write_bytes(b"\xef\xbb\xbf[tool.rnglint]\nselect = []")
    assert load().select == ()


def test_an_override_that_is_wrong_names_the_command_line(folder: Path) -> None:
    with pytest.raises(ConfigError, match="command line: `select`: unknown rule selector `RNG7`"):
        load(folder, overrides={"select": ["RNG7"]})


def test_overrides(folder: Path) -> None:
    (folder / "rnglint.toml").write_text(
        "exclude = ['a']\nextend-exclude = ['b']\nunsafe-fixes = true\nselect = ['RNG1']\n"
        "per-file-ignores = { x = ['RNG1'] }\ncache-dir = 'c'"
    )
    overrides = {
        "extend_exclude": ["c", "d/*.py", "/e/f"],
        "unsafe-fixes": False,
        "select": ("RNG2",),
        "output_format": None,
        "per_file_ignores": {"!t/x": ["RNG2"]},
        "cache-dir": "/tmp/x",
    }
    config = load(folder, overrides=overrides)
    assert config.exclude == ("a",)
    assert config.extend_exclude == ("b", "c", f"{folder}/d/*.py", "/e/f")
    assert config.per_file_ignores == ((f"!{folder}/t/x", ("RNG2",)),)
    assert (config.unsafe_fixes, config.cache_dir) == (False, "/tmp/x")
    assert (config.select, config.command_line.select) == (("RNG1",), ("RNG2",))
    origins = dict(config.origins)
    assert origins["exclude"] == str(folder / "rnglint.toml")
    assert origins["unsafe-fixes"] == "command line"
    assert "output-format" not in origins


@pytest.mark.parametrize(
    ("settings", "line", "codes"),
    [
        pytest.param({"select": ["RNG1"]}, {}, "101 102", id="a prefix"),
        pytest.param({"select": ["RNG2"]}, {}, "201 208", id="a prefix selects what is off"),
        pytest.param({"select": ["ALL"]}, {}, "101 102 201 208", id="all"),
        pytest.param({"select": ["key-reuse"]}, {}, "201", id="a name"),
        pytest.param({"select": []}, {}, "", id="none"),
        pytest.param({"extend-select": ["RNG208"]}, {}, "101 102 201 208", id="one more"),
        pytest.param({"ignore": ["RNG1"]}, {}, "201", id="some less"),
        pytest.param({"extend-ignore": ["RNG1"]}, {}, "201", id="some less, in other words"),
        pytest.param({"ignore": ["ALL"]}, {}, "", id="none left"),
        pytest.param({"select": ["RNG102"], "ignore": ["RNG1"]}, {}, "102", id="code over prefix"),
        pytest.param({"select": ["RNG1"], "ignore": ["RNG102"]}, {}, "101", id="prefix under code"),
        pytest.param({"select": ["RNG10"], "ignore": ["RNG1"]}, {}, "101 102", id="longer prefix"),
        pytest.param(
            {"select": ["RNG1"], "ignore": ["RNG1"]}, {}, "", id="ignore wins where equal"
        ),
        pytest.param({"select": ["RNG201"], "ignore": ["key-reuse"]}, {}, "", id="code and name"),
        pytest.param(
            {"ignore": ["ALL"], "extend-select": ["RNG2"]}, {}, "201 208", id="extended over all"
        ),
        pytest.param({"select": ["RNG1"]}, {"select": ["RNG2"]}, "201 208", id="line over file"),
        pytest.param(
            {"select": ["RNG1"]}, {"extend-select": ["RNG201"]}, "101 102 201", id="added"
        ),
        pytest.param({"select": ["RNG102"]}, {"ignore": ["RNG1"]}, "", id="the line is stronger"),
        pytest.param(
            {"ignore": ["RNG102"]}, {"select": ["RNG1"]}, "101 102", id="ignore overruled"
        ),
        pytest.param(
            {"select": [], "ignore": ["RNG102"]},
            {"select": ["RNG1"]},
            "101",
            id="an ignore that stands alone is carried on",
        ),
    ],
)
def test_selection(
    folder: Path, settings: Mapping[str, list[str]], line: Mapping[str, list[str]], codes: str
) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in settings.items())
    (folder / "rnglint.toml").write_text(text)
    config = load(folder, overrides=line)
    assert enabled(config) == [f"RNG{code}" for code in codes.split()]


@pytest.mark.parametrize(
    ("config", "codes"),
    [
        (Config(fixable=("RNG1",)), "101 102"),
        (Config(unfixable=("RNG1",)), "201 208"),
        (Config(fixable=("key-reuse",)), "201"),
        (Config(fixable=("RNG1",), command_line=Selection(unfixable=("RNG101",))), "102"),
        (Config(unfixable=("RNG1",), command_line=Selection(fixable=("RNG101",))), "101"),
    ],
)
def test_fixable(config: Config, codes: str) -> None:
    assert [rule.code[3:] for rule in RULES if config.may_fix(rule)] == codes.split()


@pytest.mark.parametrize(
    ("pattern", "selector", "filename", "is_ignored"),
    [
        ("tests/**", "RNG1", "tests/a/b.py", True),
        ("tests/*", "RNG101", "tests/a/b.py", True),
        ("b.py", "ALL", "tests/a/b.py", True),
        ("b.py", "RNG2", "tests/a/b.py", False),
        ("a/b.py", "RNG1", "tests/a/b.py", False),
        ("!tests/**", "RNG1", "tests/a/b.py", False),
        ("!tests/**", "RNG1", "src/b.py", True),
        ("src/*.py", "RNG1", "/elsewhere/src/b.py", False),
    ],
)
def test_per_file_ignores(
    folder: Path, pattern: str, selector: str, filename: str, is_ignored: bool
) -> None:
    config = Config(per_file_ignores=((pattern, (selector,)),), root=str(folder))
    assert config.ignored_in("RNG101", filename) is is_ignored


def test_per_file_ignores_know_the_names_of_the_shipped_rules() -> None:
    config = Config(per_file_ignores=(("*.py", ("syntax-error",)),))
    assert config.ignored_in("RNG000", "x.py")
    assert not config.ignored_in("RNG101", "x.py")


def test_resolve_selector() -> None:
    assert resolve_selector("RNG2", RULES) == {"RNG201", "RNG208"}
    assert resolve_selector("key-reuse", RULES) == {"RNG201"}
    assert resolve_selector("RNG1", RULES) == {"RNG101", "RNG102"}
    assert resolve_selector("RNG0", all_rules()) == {"RNG000", "RNG001"}
    assert resolve_selector("ALL", RULES) >= {rule.code for rule in RULES}
    with pytest.raises(ConfigError, match=r"did you mean `key-reuse`\?"):
        resolve_selector("key_reuse", RULES)
