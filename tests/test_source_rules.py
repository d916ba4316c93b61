"""What the program's source never does: SQL made of text, code made of data, packages that nobody declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(ROOT.glob("bot/**/*.py"))
SPEAKING = sorted([*ROOT.glob("bot/store/**/*.py"), *ROOT.glob("migrations/**/*.py")])
SQL_CALLS = frozenset({"text", "literal_column", "exec_driver_sql", "execute", "executemany", "executescript", "raw"})

MADE_OF_TEXT = {
    "bot/store/backup.py": "the names of tables, as the database itself lists them",
    "bot/store/engine.py": "pragmas, which take no parameters; they are constants of the module",
    "bot/store/migrate.py": "the name of one of two pragmas",
    "migrations/versions/0002_moderation.py": "names of tables and columns, which are constants of the file",
    "migrations/versions/0003_members.py": "names of tables and columns, which are constants of the file",
    "migrations/versions/0004_imports.py": "names of tables and columns, which are constants of the file",
}
"""Where SQL is put together from text, and why nothing that anybody sent can be in it."""

FORBIDDEN = {
    "eval": "code made of data",
    "exec": "code made of data",
    "compile": "code made of data",
    "__import__": "a module named by data",
    "os.system": "a shell",
    "os.popen": "a shell",
    "pickle": "objects that run code while they are read",
    "marshal": "the same",
    "shelve": "the same",
    "dill": "the same",
    "joblib": "the same",
    "yaml": "the same",
    "torch": "the same, in its files",
    "numpy.load": "pickled objects, where a file says so",
    "xml.sax.make_parser": "a parser that follows entities",
    "xml.sax.parse": "the same",
    "xml.sax.parseString": "the same",
    "xml.dom": "the same",
    "xml.etree": "the same",
    "tempfile.mktemp": "a name that somebody else may take first",
}
PROCESSES = {"bot/cli/facts_edit.py": "the operator's own editor, with a list of arguments and no shell"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _dotted(node: ast.expr) -> str:
    """Return a name as it is written, such as ``os.system``."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    yield from ((_dotted(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _of_text(node: ast.expr) -> bool:
    """Tell whether an expression puts text together: an f-string with holes, a sum, a format, a replacement."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod)
    return isinstance(node, ast.Call) and _dotted(node.func).rpartition(".")[2] in {"format", "join", "replace"}


def test_sql_is_never_made_of_text() -> None:
    """Values are bound; the few places that name tables or pragmas are listed with their reason."""
    found = {
        _name(path)
        for path in SPEAKING
        for name, call in _calls(ast.parse(path.read_text(encoding="utf-8")))
        if name.rpartition(".")[2] in SQL_CALLS and call.args and _of_text(call.args[0])
    }
    assert found == set(MADE_OF_TEXT)


@pytest.mark.parametrize(
    "source",
    ['text(f"a {b}")', 'x.execute("a" + b)', 'x.exec_driver_sql("a %s" % b)', 'text("{}".format(b))', "raw(a.join(b))"],
)
def test_each_way_to_make_sql_of_text_is_seen(source: str) -> None:
    """The rule above would notice it."""
    [(_, call)] = [one for one in _calls(ast.parse(source)) if one[0].rpartition(".")[2] in SQL_CALLS]
    assert _of_text(call.args[0])


def test_no_error_of_the_database_tells_what_it_was_about_to_store() -> None:
    """Every engine hides the values of its statements."""
    made = [
        call
        for path in SPEAKING
        if _name(path).startswith("bot/")
        for name, call in _calls(ast.parse(path.read_text(encoding="utf-8")))
        if name in {"create_engine", "create_async_engine"}
    ]
    assert made
    assert all("hide_parameters" in {word.arg for word in call.keywords} for call in made)


def test_nothing_that_came_in_is_run() -> None:
    """No code, no objects and no entities are made of data, and no shell is asked."""
    found = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {name for name, _ in _calls(tree)} | set(_imported(tree))
        found |= {(_name(path), bad) for bad in FORBIDDEN for one in used if one == bad or one.startswith(f"{bad}.")}
    assert found == set()


def test_only_the_operators_editor_is_a_process_of_its_own() -> None:
    """And it isn't started by a shell."""
    starting = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(one.split(".")[0] in {"subprocess", "pty"} for one in _imported(tree)) or "create_subprocess" in str(
            [name for name, _ in _calls(tree)]
        ):
            starting.add(_name(path))
        assert not any(word.arg == "shell" for _, call in _calls(tree) for word in call.keywords)
    assert starting == set(PROCESSES)


def test_settings_are_never_taken_apart() -> None:
    """A dump of them would hold the tokens, which their text leaves out."""
    dumped = {
        (_name(path), name)
        for path in SOURCES
        for name, call in _calls(ast.parse(path.read_text(encoding="utf-8")))
        if name.rpartition(".")[2] in {"asdict", "astuple", "vars", "fields"}
        and any("settings" in _dotted(arg).casefold() for arg in call.args)
    }
    assert dumped == set()


def test_models_are_data() -> None:
    """A model is a graph and a table of words; no file of the package holds objects that run when they are read."""
    kept = {path.suffix for path in (ROOT / "bot/matching/models").rglob("*") if path.is_file()}
    assert kept - {".pyc"} <= {".onnx", ".json", ".md", ".py", ".txt"}


def test_what_is_imported_is_declared() -> None:
    """A package that came along with another one may be gone tomorrow."""
    declared = {canonicalize_name(one.name) for one in _declared()}
    homes = packages_distributions()
    missing = set()
    for path in SOURCES:
        for module in _imported(ast.parse(path.read_text(encoding="utf-8"))):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top in {"bot", ""}:
                continue
            if not {canonicalize_name(one) for one in homes.get(top, [top])} & declared:
                missing.add((_name(path), top))
    assert missing == set()


def test_the_lock_keeps_to_the_bounds() -> None:
    """Every package that the project names is locked, at a version that the project allows."""
    locked: dict[str, list[Version]] = {}
    for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", _read("requirements.lock"), re.MULTILINE):
        locked.setdefault(canonicalize_name(name), []).append(Version(version))
    for wanted in _declared():
        versions = locked.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted.name} is not locked"
        assert all(wanted.specifier.contains(one, prereleases=True) for one in versions), wanted


def test_both_locks_name_the_same_versions() -> None:
    """What is tested is what is installed."""
    pattern = r"^([\w.-]+(?:\[[\w,]+\])?==[^\s;]+)"
    runs = set(re.findall(pattern, _read("requirements.lock"), re.MULTILINE))
    tested = set(re.findall(pattern, _read("tests/requirements.lock"), re.MULTILINE))
    assert runs <= tested


def _read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _declared() -> list[Requirement]:
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    return [Requirement(one) for one in project["dependencies"]]


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
