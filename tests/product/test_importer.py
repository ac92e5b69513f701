"""`import dana_poet.importer`, then `import my_agent` finds `my_agent.na`; every other import goes as before."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
import traceback
from typing import TYPE_CHECKING

import pytest

import dana_poet
from dana_poet import importer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], Path]]:
    """Give a function that writes modules into a folder that Python searches; forget them afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    importer.install()

    def writer(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return path

    yield writer
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_dana_file_is_a_module(write: Callable[[str, str], Path]) -> None:
    """Functions, structs, agents and pipelines are its attributes, and it says where it comes from."""
    path = write(
        "na_agent.na", '"""Doc."""\nagent A:\n    n: int = 1\n    def up(self, k): self.n + k\ndef p(x) = len | str\n'
    )
    module = importlib.import_module("na_agent")
    assert module.A().up(2) == 3
    assert module.p("abc") == "3"
    assert module.__file__ == str(path)
    assert module.__name__ == "na_agent"
    assert module.__spec__ is not None
    assert module.__spec__.origin == str(path)
    assert "def up" in inspect.getsource(module)


def test_packages_may_have_an_init_file_or_none(write: Callable[[str, str], Path]) -> None:
    """A folder with `__init__.na` is a package, one without still holds modules."""
    write("na_pack/__init__.na", "from na_pack.inner import f\nv = f(2)\n")
    write("na_pack/inner.na", "def f(x): x * 2\n")
    write("na_space/deep.na", "y = 4\n")
    assert importlib.import_module("na_pack").v == 4
    assert importlib.import_module("na_pack.inner").f(3) == 6
    assert importlib.import_module("na_space.deep").y == 4


def test_a_python_file_of_the_same_name_goes_first(write: Callable[[str, str], Path]) -> None:
    """Adding a Dana file never changes what a Python program imports; a folder of that name does not hide it."""
    write("na_both.py", "here = 'python'\n")
    write("na_both.na", "here = 'dana'\n")
    assert importlib.import_module("na_both").here == "python"
    write("na_data.na", "here = 'dana'\n")
    write("na_data/rows.csv", "1\n")
    assert importlib.import_module("na_data").here == "dana"


def test_dana_and_python_imports_give_one_module(write: Callable[[str, str], Path]) -> None:
    """A struct is the same class whoever imported its module first."""
    write("na_shapes.na", "struct Point:\n    x: int\n")
    write("na_user.na", "import na_shapes\npoint = na_shapes.Point(x=1)\nprivate:shared = 5\n")
    write("na_reader.na", "value = private:shared\n")
    user = importlib.import_module("na_user")
    shapes = importlib.import_module("na_shapes")
    assert type(user.point) is shapes.Point
    assert importlib.import_module("na_reader").value == 5


def test_reloading_runs_the_new_text(write: Callable[[str, str], Path]) -> None:
    """As for a Python module, in the same module object."""
    write("na_changes.na", "value = 1\nold = true\n")
    module = importlib.import_module("na_changes")
    write("na_changes.na", "value = 2\n")
    assert importlib.reload(module) is module
    assert (module.value, module.old) == (2, True)


def test_a_missing_module_is_pythons_own_error() -> None:
    """Code that catches ModuleNotFoundError goes on working."""
    importer.install()
    with pytest.raises(ModuleNotFoundError, match="No module named 'na_nowhere'") as caught:
        importlib.import_module("na_nowhere")
    assert caught.value.name == "na_nowhere"


def test_a_failing_module_is_not_kept(write: Callable[[str, str], Path]) -> None:
    """It can be mended and imported again."""
    write("na_broken.na", "x = (\n")
    with pytest.raises(dana_poet.DanaSourceError) as wrong:
        importlib.import_module("na_broken")
    assert "error[D0004]" in "".join(traceback.format_exception(wrong.value))
    assert "na_broken" not in sys.modules
    path = write("na_broken.na", "x = 1\n1 / 0\n")
    with pytest.raises(ZeroDivisionError) as caught:
        importlib.import_module("na_broken")
    assert (caught.traceback[-1].path, caught.traceback[-1].lineno) == (path, 1)
    write("na_broken.na", "x = 3\n")
    assert importlib.import_module("na_broken").x == 3


def test_a_circle_with_python_imports_is_reported(write: Callable[[str, str], Path]) -> None:
    """Who imports whom is said."""
    write("na_one.na", "import na_two\n")
    write("na_two.na", "import na_one\n")
    with pytest.raises(
        dana_poet.DanaImportError, match=r"circular import: na_one\.na imports na_two\.na imports na_one\.na"
    ):
        importlib.import_module("na_one")


def test_pythons_traceback_shows_the_dana_line(write: Callable[[str, str], Path]) -> None:
    """Users of a module see where it failed without any tool of ours."""
    path = write("na_fails.na", "def bad(n):\n    10 / n\n")
    module = importlib.import_module("na_fails")
    with pytest.raises(ZeroDivisionError) as caught:
        module.bad(0)
    shown = "".join(traceback.format_exception(caught.value))
    assert f'File "{path}", line 2, in bad\n    10 / n\n' in shown


def test_installing_twice_changes_nothing() -> None:
    """The hook stands once in Python's list, and leaves it whole."""
    importer.install()
    hooks = list(sys.path_hooks)
    importer.install()
    assert sys.path_hooks == hooks
    importer.uninstall()
    importer.uninstall()
    assert len(sys.path_hooks) == len(hooks) - 1
    importer.install()
    assert sys.path_hooks == hooks


def test_other_imports_are_unaffected() -> None:
    """Packages, zip files, extension modules and resources import as before; importlib itself is not changed."""
    script = (
        "import importlib._bootstrap_external as external, importlib.util, sys\n"
        "before = dict(vars(external.FileFinder)), dict(vars(external.PathFinder)), list(sys.meta_path)\n"
        "import dana_poet.importer\n"
        "assert before == (dict(vars(external.FileFinder)), dict(vars(external.PathFinder)), list(sys.meta_path))\n"
        "import xml.dom.minidom, json, sqlite3, _ctypes, importlib.resources\n"
        "assert (importlib.resources.files('dana_poet') / 'py.typed').is_file()\n"
        "assert importlib.util.find_spec('nosuch') is None\n"
        "assert isinstance(xml.__loader__, external.SourceFileLoader)\n"
        "print('fine')\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "fine\n", done.stderr
