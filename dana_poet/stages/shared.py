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
"""Options that put the stages around every function, also around those that have no `@poet` of their own."""


class SharedOptions(dict[str, Any]):
    """The options of an agent or a module.

    A function inside with a `@poet` of its own takes them as its defaults. One without gets the stages when the options
    say how calls are run (`retries`, `timeout`, `fallback` and the like), with the domain that they name; a domain or a
    goal alone leaves it as it is, because helpers inside an agent are not what the goal is about.
    """

    def around(self, function: Any) -> Any:
        """Return a function of the agent or module as it is to be called."""
        shared = {name: value for name, value in self.items() if name not in OWN}
        about = getattr(function, "poet", None)
        if isinstance(about, Poet):
            about.options = {**shared, **about.options}
            about.flat = flat(about.options)
            return function
        if not shared.keys() & OPERATING or not isinstance(function, (FunctionType, partial)):
            return function
        from dana_poet.stages.decorator import apply_poet

        return apply_poet(function, {name: value for name, value in shared.items() if name in (*OPERATING, "domain")})
