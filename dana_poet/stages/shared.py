"""`@poet(...)` on an agent or a module: what its functions get of it."""

from __future__ import annotations

from functools import partial
from types import FunctionType
from typing import Any

from dana_poet.codegen.template_plan import flat
from dana_poet.stages.poet import Poet

OWN = frozenset("state name description capability context_sharing".split())
"""Options that are about the agent itself."""
OPERATING = frozenset("retries max_retries timeout attempt_timeout circuit_breaker fallback operate".split())
"""Options that put the stages around every function, also around helpers."""
REACHING = OPERATING | frozenset(
    "domain idempotent on_failure features record_inputs enable_training collect_metrics".split()
)
"""Options that a function without a `@poet` of its own gets, besides those that only the domain understands."""


class SharedOptions(dict[str, Any]):
    """The options of an agent, a struct, a resource or a module.

    A function inside with a `@poet` of its own takes them as its defaults. One without gets the domain with its options,
    and how calls are run (`retries`, `timeout`, `fallback` and the like). A helper, whose name begins with `_`, gets the
    stages only for the sake of the latter. Goals (`optimize_for`, `objectives`, `constraints`, `learning`, `generator`)
    are about a result, so they wait for functions that say `@poet` themselves.
    """

    def around(self, function: Any, owner: str = "") -> Any:
        """Return a function of the agent or module `owner` as it is to be called."""
        shared = {name: value for name, value in self.items() if name not in OWN}
        about = getattr(function, "poet", None)
        if isinstance(about, Poet):
            about.options = {**shared, **about.options}
            about.flat = flat(about.options)
            about.belong(owner)
            return function
        if not isinstance(function, (FunctionType, partial)) or not self._reach(function):
            return function
        from dana_poet.stages.decorator import apply_poet

        if "retries" in shared and "max_retries" in shared:  # of a blueprint, and of the agent, which comes later
            del shared[next(name for name in shared if name in ("retries", "max_retries"))]
        reaching = REACHING | self._of_domain()
        made = apply_poet(function, {name: value for name, value in shared.items() if name in reaching})
        made.poet.belong(owner)
        return made

    def _reach(self, function: Any) -> bool:
        """Whether the stages stand around a function for what is written here."""
        if self.keys() & OPERATING:
            return True
        helper = str(getattr(function, "__name__", "")).startswith("_")
        return self.get("domain") is not None and not helper

    def _of_domain(self) -> frozenset[str]:
        if self.get("domain") is None:
            return frozenset()
        from dana_poet.domains import resolve

        return frozenset(resolve(self["domain"]).options)
