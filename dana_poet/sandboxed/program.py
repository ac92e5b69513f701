"""In the worker: a program whose files come from the host, whose code is guarded, and whose Python is facades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import PolicyError
from dana_poet.runtime import execute
from dana_poet.sandboxed import guards
from dana_poet.sandboxed.compiling import compile_text
from dana_sandbox import facades
from dana_sandbox.names import STATE

if TYPE_CHECKING:
    from types import CodeType

    from dana_poet.runtime.policy import Policy
    from dana_poet.sandboxed.files import AskedFiles
    from dana_poet.settings import Settings


class SandboxedProgram(execute.Program):
    """One program of the sandbox. `state` is what the facades keep for one run."""

    def __init__(
        self, folder: str, policy: Policy, settings: Settings, files: AskedFiles, modules: frozenset[str], state: Any
    ) -> None:
        super().__init__(folder, policy, cached=False, settings=settings)
        self.files = files
        self.offers = modules
        self.facades = state
        self.namespace.update(guards.GUARDS)
        self.namespace[STATE] = state  # the facades find their state by the builtins of the code that calls them
        state.builtins = self.namespace

    def code_of(self, path: str) -> CodeType:
        """Return the guarded code of a file that the host hands out."""
        return self.code_of_text(self.files.text(path), path)

    def code_of_text(self, text: str, file: str, known: frozenset[str] = frozenset()) -> CodeType:
        """Return the guarded code of a text."""
        return compile_text(text, file, known)

    def offered(self, name: str, *, whole: bool) -> Any:
        """Return the facade of a Python module. PolicyError for a module that the sandbox does not offer."""
        if name not in self.offers:
            raise _not_offered(name, self.offers)
        if whole or "." not in name:
            return facades.load(name, self.facades)
        return facades.load(name.partition(".")[0], self.facades)


def _not_offered(name: str, offers: frozenset[str]) -> PolicyError:
    import difflib

    near = difflib.get_close_matches(name, offers, 1, cutoff=0.8)
    offered = f"it offers {', '.join(sorted(offers))}; a Python module of your own runs only without the sandbox"
    hint = f"did you mean {near[0]}?" if near else offered
    return PolicyError(f"the sandbox does not offer the Python module {name}", hint=hint)
