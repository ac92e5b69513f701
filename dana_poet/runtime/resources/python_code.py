"""`use("python")`: run Python code that nobody has read, in the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dana_poet.errors import DanaImportError
from dana_poet.runtime.resources.base import ShippedResource, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.runtime.fields import FieldTable


class PythonResource(ShippedResource):
    """Runs code in a process of its own, without files, network or imports beyond the sandbox's list."""

    __slots__ = ("_run",)
    __dana_table__: ClassVar[FieldTable] = fields_of("python", "python")
    __dana_type_text__ = "Resource[python]"

    _run: Callable[..., Any]

    def run(self, code: str, **inputs: Any) -> Any:
        """Run code with `inputs` as its variables and return what the sandbox says of it."""
        self._running()
        return self._run(code, **inputs)

    def query(self, request: Any = None, **options: Any) -> Any:
        """Run the request as code."""
        return self.run(str(request), **options)

    def _open(self) -> None:
        try:
            from importlib import import_module

            self._run = import_module("dana_sandbox.run").run_untrusted
        except ImportError as error:
            raise DanaImportError(
                "the python resource runs code in the sandbox, which this installation does not have",
                hint="write the code in Dana, or import a Python module that you trust",
            ) from error
