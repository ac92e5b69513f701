"""Check what a program imports, and what it takes from the modules that it imported."""

import ast
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from dana_sandbox import hints
from dana_sandbox.name_rules import Problem
from dana_sandbox.names import READABLE_DUNDERS
from dana_sandbox.policy import OPTIONAL_MODULES
from dana_sandbox.rules import MAX_VIOLATIONS, Rules, may_import

# Notes a problem of a rule at a node.
Note: TypeAlias = Callable[[Any, str, Problem], None]
# Judges a name that is bound at a node.
Judge: TypeAlias = Callable[[str, Any], None]


# What has long come true, and `annotations`.
_FUTURES = frozenset(
    "annotations division print_function absolute_import unicode_literals generators generator_stop nested_scopes "
    "with_statement".split()
)


class ImportCheck:
    """The import statements of one program, and the names that only they bind."""

    def __init__(self, rules: Rules, note: Note, judge_binding: Judge) -> None:
        self.rules = rules
        self.note = note
        self.judge_binding = judge_binding
        # What imports bind that is no module.
        self.names: set[str] = set()
        # What each name was imported as; None once it stands for more than one thing.
        self.modules: dict[str, str | None] = {}

    def import_(self, node: ast.Import) -> tuple[()]:
        """`import a.b as c`."""
        for alias in node.names:
            root = alias.name.partition(".")[0]
            name, module = (alias.asname, alias.name) if alias.asname else (root, root)
            if self._may_import(alias.name) and self._may_import(module):
                self._bind_module(name, module, alias)
            else:
                self._refuse_module(alias.name, alias)
                self._bind_refused(name, alias)
        return ()

    def import_from(self, node: ast.ImportFrom) -> tuple[()]:
        """`from a import b as c`: the module, then each name of it."""
        module = node.module or ""
        if node.level:
            problem = "relative imports are not available here", "there is one module: write the function in it"
            self.note(node, "import", problem)
        elif module == "__future__":
            self._future(node)
            return ()
        elif self._may_import(module):
            for alias in node.names:
                self._import_name(module, alias)
            return ()
        else:
            self._refuse_module(module, node)
        for alias in node.names:
            self._bind_refused(alias.asname or alias.name, alias)
        return ()

    def is_for_types(self, node: ast.stmt) -> bool:
        """Whether `node`, below `if TYPE_CHECKING:`, is an import that only binds names: those are judged here."""
        if not isinstance(node, ast.Import | ast.ImportFrom) or any(alias.name == "*" for alias in node.names):
            return False
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.names.add(name)
            self.judge_binding(name, alias)
        return True

    def judge_exports(self, attributes: Iterable[ast.Attribute], bound: set[str]) -> None:
        """Judge `module.name` wherever `module` can only be what an import bound; `bound` has all other names."""
        if not self.modules:
            return
        noted = 0
        for node in attributes:
            if noted > MAX_VIOLATIONS:
                return  # looking for a hint takes long, and nobody will see it
            module = self._module_of(node.value, bound)
            if module is None or self._may_import(f"{module}.{node.attr}"):
                continue
            if type(node.ctx) is not ast.Load:
                problem = f"{module} is read-only", "keep the value in a variable of your own"
                self.note(node, "attribute", problem)
            elif node.attr not in READABLE_DUNDERS:
                noted += not self._judge_export(module, node.attr, node)

    def _future(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name not in _FUTURES or alias.asname:
                message = f"from __future__ import {alias.name} is not available here"
                self.note(alias, "import", (message, "leave it out"))

    def _import_name(self, module: str, alias: ast.alias) -> None:
        name, inner = alias.asname or alias.name, f"{module}.{alias.name}"
        if alias.name == "*":
            problem = "import * is not available here", f"name what you need: from {module} import ..."
            self.note(alias, "import", problem)
        elif self._may_import(inner):
            self._bind_module(name, inner, alias)
        elif self._judge_export(module, alias.name, alias):
            self.names.add(name)
            self.judge_binding(name, alias)
        else:
            self._bind_refused(name, alias)

    def _bind_refused(self, name: str, alias: ast.alias) -> None:
        """A name that will never be bound: only what the program calls it is judged, the rest has been said."""
        self.names.add(name)
        if alias.asname:
            self.judge_binding(name, alias)

    def _judge_export(self, module: str, name: str, node: Any) -> bool:
        """Whether `module` exports `name`; noted when it does not."""
        exports = self.rules.exports(module) or frozenset()
        if name in exports:
            return True
        hint = hints.export_hint(module, name, exports, self.rules.modules)
        self.note(node, "export", (f"{module}.{name} is not available here", hint))
        return False

    def _may_import(self, module: str) -> bool:
        return may_import(module, self.rules.modules, self.rules.exports)

    def _refuse_module(self, module: str, node: Any) -> None:
        root = module.partition(".")[0]
        opt_in = root in OPTIONAL_MODULES and root not in self.rules.modules
        message = f"{root} is opt-in and not switched on here" if opt_in else f"{module} is not available here"
        self.note(node, "import", (message, hints.module_hint(module, self.rules.modules)))

    def _bind_module(self, name: str, module: str, alias: ast.alias) -> None:
        self.judge_binding(name, alias)
        # A name of two modules is nobody's; the guards see to it when the program runs.
        self.modules[name] = module if self.modules.get(name, module) == module else None

    def _module_of(self, node: ast.expr, bound: set[str]) -> str | None:
        """The module that `node` stands for: a name bound only by imports, or a submodule of one."""
        if isinstance(node, ast.Name):
            return None if node.id in bound else self.modules.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            inner = f"{self._module_of(node.value, bound)}.{node.attr}"
            return inner if self._may_import(inner) else None
        return None
