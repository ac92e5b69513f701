"""The capability diff: no import, builtin, attribute door or I/O that the original lacks, unless it is granted."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from dana_poet.codegen.verification.refusal import Refused, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.verification.reading import Candidate, Subject

HARMLESS = frozenset(
    "__future__ math cmath numbers fractions decimal statistics itertools heapq bisect copy textwrap html difflib "
    "collections collections.abc graphlib struct string re json csv unicodedata functools operator dataclasses enum abc "
    "types typing contextlib base64 hashlib hmac binascii zlib logging warnings pprint calendar urllib.parse "
    "typing_extensions".split()
)
"""Modules that compute and no more: a candidate may use them although its original does not."""
_CLOCKS = frozenset({"time", "datetime", "random"})  # `clocks` looks at what is done with these
_BY_GRANT = {
    "network": frozenset("httpx requests urllib.request urllib.error http.client socket ssl aiohttp".split()),
    "clock": frozenset({"time", "datetime", "zoneinfo"}),
    "read_files": frozenset({"pathlib", "os.path", "glob"}),
    "write_files": frozenset({"pathlib", "os.path", "tempfile"}),
}
_DOORS = frozenset(
    "open exec eval compile __import__ globals locals vars dir breakpoint exit quit help input print setattr delattr "
    "memoryview id".split()
)
_PLAIN_DUNDERS = frozenset({"__name__", "__doc__", "__init__", "__qualname__", "__cause__", "__len__"})
_EFFECTS = frozenset(
    "logging.basicConfig logging.disable logging.setLoggerClass logging.captureWarnings logging.shutdown "
    "logging.addLevelName logging.FileHandler warnings.simplefilter warnings.filterwarnings warnings.resetwarnings "
    "random.seed random.setstate decimal.setcontext decimal.getcontext "
    "operator.attrgetter operator.methodcaller types.CodeType types.FunctionType typing.get_type_hints re.purge "
    "copy.copyreg".split()
)
_LOG_SETUP = frozenset({"setLevel", "addHandler", "removeHandler", "addFilter", "simplefilter"})
_SECRET = ("password", "passwd", "secret", "token", "api_key", "apikey", "credential", "private_key", "ssn", "pin_code")
_SHOWN_SECRET = re.compile(r"(?i)(password|passwd|secret|token|api[_ -]?key|credential)s?\s*[=:]\s*(%|\{|$)")
"""What a message says just before it shows a secret."""
_LOG_CALLS = frozenset("debug info warning warn error exception critical log".split())


def compare_powers(subject: Subject, candidate: Candidate, contract: Contract) -> None:
    """Refuse a candidate that can do more to the world than its original could."""
    had = _Facts([subject.tree, *subject.around])
    now = _Facts([candidate.module])
    _compare_imports(subject, had, now, contract)
    free = {"print"} if "print" in contract.grants else set()
    free |= {"open"} if contract.grants & {"read_files", "write_files"} else set()
    for node, name in now.doors:
        if name not in had.door_names | free:
            raise Refused(f"it uses {name}, which the original does not", at(node))
    for node, name in now.hidden:
        if name not in had.hidden_names:
            raise Refused(f"it reads the attribute {name}, which the original does not", at(node))
    for node, name in now.effects:
        if name not in had.effect_names:
            raise Refused(f"it changes or ends the process with {name}", at(node))
    for node in _leaks(candidate.tree):
        raise Refused("it writes a secret into the log", at(node))


def _compare_imports(subject: Subject, had: _Facts, now: _Facts, contract: Contract) -> None:
    allowed = HARMLESS | _CLOCKS | contract.imports | had.import_names | _modules_of(subject)
    for grant in contract.grants:
        allowed |= _BY_GRANT.get(grant, frozenset())
    if isinstance(subject.tree, ast.AsyncFunctionDef):
        allowed |= {"asyncio"}
    for node, name in now.imports:
        if name not in allowed and name.partition(".")[0] not in contract.imports | had.import_names:
            raise Refused(f"it imports {name}, which the original does not", at(node))


def _modules_of(subject: Subject) -> frozenset[str]:
    """Return the modules behind the free names of the original."""
    used = {node.id for node in ast.walk(subject.tree) if isinstance(node, ast.Name)}
    found = set()
    for name in used & set(subject.names):
        value = subject.names[name]
        found.add(str(getattr(value, "__name__" if type(value).__name__ == "module" else "__module__", "")))
    return frozenset(found)


class _Facts:
    """What some code can reach: its imports, builtins that are doors, hidden attributes and changes to the process."""

    def __init__(self, trees: list[ast.AST]) -> None:
        self.imports: list[tuple[ast.AST, str]] = []
        self.doors: list[tuple[ast.AST, str]] = []
        self.hidden: list[tuple[ast.AST, str]] = []
        self.effects: list[tuple[ast.AST, str]] = []
        self.meaning: dict[str, str] = {}
        nodes = [node for tree in trees for node in ast.walk(tree)]
        own = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        for node in nodes:
            self._imports(node)
        for node in nodes:
            self._names(node, own)
            self._attributes(node)

    @property
    def import_names(self) -> frozenset[str]:
        return frozenset(name for _, name in self.imports)

    @property
    def door_names(self) -> set[str]:
        return {name for _, name in self.doors}

    @property
    def hidden_names(self) -> set[str]:
        return {name for _, name in self.hidden}

    @property
    def effect_names(self) -> set[str]:
        return {name for _, name in self.effects}

    def _imports(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for one in node.names:
                self.imports.append((node, one.name))
                self.meaning[one.asname or one.name.partition(".")[0]] = (
                    one.name if one.asname else one.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            self.imports.append((node, module))
            for one in node.names:
                self.meaning[one.asname or one.name] = f"{module}.{one.name}"
                if one.name == "*":
                    self.effects.append((node, "import *"))

    def _names(self, node: ast.AST, own: set[str]) -> None:
        if isinstance(node, ast.Raise) and _ends_all(node.exc):
            self.effects.append((node, ast.unparse(node)))
        if not isinstance(node, ast.Name):
            return
        if node.id in _DOORS and node.id not in own:
            self.doors.append((node, node.id))
        elif node.id.startswith("__") and node.id.endswith("__") and node.id not in {"__name__", "__debug__"}:
            self.hidden.append((node, node.id))
        self._effect(node, self.meaning.get(node.id, ""))

    def _attributes(self, node: ast.AST) -> None:
        if isinstance(node, ast.Attribute):
            base = node.value
            if isinstance(base, ast.Name):
                self._effect(node, f"{self.meaning.get(base.id, base.id)}.{node.attr}")
            mine = isinstance(base, ast.Name) and base.id in {"self", "cls"} and not node.attr.startswith("__")
            if node.attr.startswith("_") and not mine and node.attr not in _PLAIN_DUNDERS:
                self.hidden.append((node, node.attr))
            if node.attr in _LOG_SETUP:
                self.effects.append((node, node.attr))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"getattr", "hasattr"}:
            name = node.args[1] if len(node.args) > 1 else None
            text = name.value if isinstance(name, ast.Constant) else None
            if not isinstance(text, str) or text.startswith("_"):
                self.hidden.append((node, text if isinstance(text, str) else "by a computed name"))
        elif isinstance(node, ast.MatchClass):
            self.hidden += [(node, one) for one in node.kwd_attrs if one.startswith("_")]

    def _effect(self, node: ast.AST, name: str) -> None:
        if name in _EFFECTS:
            self.effects.append((node, name))


def _leaks(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield calls that log or print something that is called a secret."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _logs(node.func)):
            continue
        for part in (one for given in [*node.args, *node.keywords] for one in ast.walk(given)):
            name = part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
            if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant):
                name = str(part.slice.value)
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                found = _SHOWN_SECRET.search(part.value) is not None
            else:
                found = any(word in name.lower() for word in _SECRET)
            if found:
                yield node


def _ends_all(raised: ast.expr | None) -> bool:
    """Whether it raises what no `except Exception` stops."""
    name = raised.func if isinstance(raised, ast.Call) else raised
    return getattr(name, "id", "") in {"SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException"}


def _logs(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "print"
    return isinstance(function, ast.Attribute) and function.attr in _LOG_CALLS | {"write"}
