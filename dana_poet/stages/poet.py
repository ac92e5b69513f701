"""`fn.poet`: what a person and the learning side can ask of a `@poet` function, and what its wrapper works with."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar
from types import FunctionType
from typing import TYPE_CHECKING, Any, NoReturn

from dana_poet.codegen.template_plan import flat
from dana_poet.runtime import executions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.codegen.original import Original
    from dana_poet.stages.agents import Home
    from dana_poet.stages.breaker import Breaker
    from dana_poet.stages.build import Built
    from dana_poet.stages.learning import Learning


class Poet:
    """What `fn.poet` is.

    `options` are those that were written, `function` is the user's own. `implementation` is what a call runs: the user's
    function until a verified version takes its place. `lifecycle` is where versions are kept, `learning` where
    parameters are learned; None without any.
    `fallbacks` and `violations` count how often a fallback stood in and how often a result broke a rule.
    """

    __slots__ = (
        "__weakref__",
        "_built",
        "_learned",
        "_lock",
        "_numbers",
        "_wrapper",
        "again",
        "argument",
        "begin",
        "breaker",
        "clock",
        "completed",
        "enforce",
        "failed",
        "fallbacks",
        "flat",
        "function",
        "home",
        "implementation",
        "keep",
        "last_violation",
        "latest",
        "learning",
        "lifecycle",
        "missing",
        "operate",
        "options",
        "original_problem",
        "owner",
        "perceive",
        "result",
        "stream",
        "surplus",
        "troubled",
        "violations",
    )  # fmt: skip

    # What the wrapper's source calls; set when the stages are made.
    again: Callable[..., Any]
    argument: Callable[[str, Any], Any]
    completed: Callable[..., None]
    enforce: Callable[..., Any]
    failed: Callable[..., None]
    missing: Callable[[str], NoReturn]
    operate: Callable[..., Any]
    perceive: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    result: Callable[..., Any]
    stream: Callable[..., Any]
    surplus: Callable[..., NoReturn]

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self.options, self.flat = options, flat(options)
        self.function = self.implementation = function
        self._numbers = executions.counter()
        self.begin = self._numbers.__next__
        self.keep = executions.recent.append
        self.clock = time.perf_counter
        self.latest: ContextVar[int | str | None] = ContextVar("dana_poet_latest", default=None)
        self.lifecycle: Any = None
        self.home: Home | None = None
        self.learning: Learning | None = None
        self.breaker: Breaker | None = None
        self.troubled = False
        self.fallbacks = self.violations = 0
        self.last_violation = self.original_problem = self.owner = ""
        self._lock = threading.RLock()
        self._built: Built | None = None
        self._learned: Mapping[str, Any] = {}
        self._wrapper: Any = None

    def __repr__(self) -> str:
        words = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"@poet({words})"

    @property
    def domain(self) -> str:
        """The name of the domain, `base` when none was given."""
        return str(self.options.get("domain") or "base")

    @property
    def calls(self) -> int:
        """How many calls were made in this process."""
        return executions.calls(self._numbers)

    @property
    def last_execution_id(self) -> str | None:
        """The id of the latest execution in this context (thread, task), else of any; None before the first call."""
        latest = self.latest.get()
        if latest is not None:
            return executions.text(latest)
        number = int(repr(self._numbers)[len("count(") : -1])
        return executions.text(number - 1) if self.calls else None

    @property
    def versions(self) -> tuple[Any, ...]:
        """The stored versions of the function, oldest first; empty for a function that stores none."""
        return tuple(self.lifecycle.versions) if self.lifecycle is not None else ()

    @property
    def circuit(self) -> str:
        """`closed`, `open` or `half-open`; `none` for a function without circuit breaker."""
        return self.built().poet.breaker.state if self.built().poet.breaker is not None else "none"  # type: ignore[union-attr]  # just looked at

    @property
    def source(self) -> str:
        """The Python source of the stages around the function."""
        return self.built().source

    @property
    def original(self) -> Original | None:
        """The function as its author wrote it, None where the source cannot be read."""
        return self.built().original

    @property
    def settings(self) -> Mapping[str, Any]:
        """What holds for the function: the domain's defaults, over them what was learned, over that the options."""
        return self.built().plan.settings

    @property
    def objectives(self) -> tuple[Any, ...]:
        """The goals of `optimize_for`, `objectives` and `constraints`, as `stages.constraints.Objective`."""
        from dana_poet.stages.constraints import objectives_of

        return objectives_of(self.options)

    def enabled(self, feature: str) -> bool:
        """Whether a feature flag is on: `features={"canary": False}` or a list of those that are on."""
        features = self.flat.get("features")
        if isinstance(features, str):
            return feature == features
        if isinstance(features, dict):
            return bool(features.get(feature, True))
        return feature in features if isinstance(features, (list, tuple, set, frozenset)) else True

    def explain(self) -> str:
        """Return in words what happens around a call, stage by stage; which version serves; what was learned, and why."""
        from dana_poet.stages.explaining import about_learning, about_versions

        built = self.built()
        text = built.source.partition('"""')[2].partition('"""')[0].strip()
        lines = [text, "", f"Calls here: {self.calls}; fallbacks: {self.fallbacks}; broken rules: {self.violations}"]
        return "\n".join([*lines, *about_versions(self), *about_learning(self)])

    def learn(self, learned: Mapping[str, Any]) -> None:
        """Take parameters that were learned: they replace the domain's defaults, never what the user wrote."""
        with self._lock:
            self._learned = dict(learned)
            if self._built is not None:
                self._built = None
                self.built()

    def put_defaults(self, learned: Mapping[str, Any]) -> bool:
        """Exchange the defaults of parameters that were learned, and nothing else; return whether that is all there is.

        Cheap enough for a call: the stages are not made anew.
        """
        built, wrapper = self._built, self._wrapper
        if built is None or wrapper is None or not learned.keys() <= built.inputs.defaults.keys():
            return False
        from dana_poet.stages.build import exchange_defaults

        self._learned = dict(learned)
        exchange_defaults(wrapper, built, learned)
        return True

    @property
    def learned(self) -> Mapping[str, Any]:
        """The parameters that `learn` was given last."""
        return self._learned

    def built(self) -> Built:
        """Return the stages around the function, made now if this is the first time they are needed."""
        built = self._built
        if built is None:
            with self._lock:
                if self._built is None:
                    from dana_poet.stages.build import build

                    self._built = build(self)
                built = self._built
        return built

    @property
    def building(self) -> Built | None:
        """The stages, None before they are made and while they are."""
        return self._built

    def belong(self, owner: str) -> None:
        """Say in which agent or module the function stands: another one may have a function of the same name."""
        self.owner = owner
        for one in (self.function, self._wrapper):
            if owner and isinstance(one, FunctionType) and one.__qualname__ == one.__name__:
                one.__qualname__ = f"{owner}.{one.__name__}"

    def attach(self, wrapper: Any) -> None:
        """Say which function is the wrapper: its code is exchanged when the stages are made."""
        self._wrapper = wrapper

    @property
    def wrapper(self) -> Any:
        """The function that callers hold."""
        return self._wrapper

    def admit(self) -> None:
        """Let a call through the circuit breaker. PoetCircuitOpenError while it is open."""
        if self.breaker is not None:
            self.breaker.admit()

    def healed(self) -> None:
        """Note a call that succeeded after others had failed."""
        if self.breaker is not None:
            self.breaker.healed()
        self.troubled = False
