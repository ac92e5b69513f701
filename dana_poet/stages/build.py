"""Make the stages around one function: read it, plan, write the wrapper's source, compile it, exchange the code."""

from __future__ import annotations

import inspect
import linecache
import weakref
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.original import Original, SourceUnavailableError
from dana_poet.codegen.template_plan import Parameter, Plan, Shape, breaker_settings, planned
from dana_poet.codegen.template_text import composed
from dana_poet.runtime import executions, place
from dana_poet.stages.breaker import Breaker
from dana_poet.stages.enforce import Results
from dana_poet.stages.hints import KINDS, Hints
from dana_poet.stages.operate import Limits, Operator
from dana_poet.stages.operate_async import AsyncOperator
from dana_poet.stages.perceive import MISSING, Inputs
from dana_poet.stages.poet import Poet
from dana_poet.stages.train import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FunctionType

ASKING = ("domain", "optimize_for", "objectives", "learning", "generator")

_gone: list[str] = []
"""Texts of wrappers that are no more. They leave `linecache` with the next wrapper: it must not change while it is read,
and a wrapper can be collected at any moment."""


@dataclass(frozen=True, slots=True)
class Built:
    """The stages around one function. `source` is what runs; `original` is None where no source can be read."""

    poet: Poet
    plan: Plan
    source: str
    original: Original | None
    hints: Hints
    inputs: Inputs
    operator: Operator
    trainer: Trainer


def build(poet: Poet) -> Built:
    """Return the stages, and let the wrapper of `poet` run them from now on."""
    from dana_poet.domains import resolve

    function = poet.function
    signature = signature_of(function)
    hints = Hints(function, signature, poet.flat.get("expected_output_type"))
    original = _original(poet)
    shape = shape_of(function, signature, hints, original)
    plan = planned(shape, resolve(poet.options.get("domain")), poet.options, poet.learned)
    inputs = Inputs(plan, hints, poet.flat["perceive"] if callable(poet.flat.get("perceive")) else None)
    inputs.defaults.update({name: value for name, value in poet.learned.items() if name in inputs.defaults})
    results = Results(poet, plan, inputs)
    kind = AsyncOperator if shape.kind == "async" else Operator
    operator = kind(poet, plan, inputs, results, limits_of(poet, plan))
    trainer = Trainer(poet, plan, inputs, original)
    _connect(poet, plan, inputs, results, operator, trainer)
    source = composed(plan, open_call=True)
    _exchange(poet, plan, inputs, source)
    built = Built(poet, plan, source, original, hints, inputs, operator, trainer)
    if asks(poet):
        from dana_poet.stages.versioned import give_versions

        learned = poet.learned
        give_versions(built)
        if poet.learned is not learned:
            return build(poet)
    return built


def asks(poet: Poet) -> bool:
    """Whether a function keeps versions or learns; a plain `@poet()` writes nothing, ever, nor does a sandboxed run."""
    here = place.current()
    may_keep = here is None or here.path is not None
    return may_keep and any(poet.options.get(name) for name in ASKING)


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of anything callable; for a C function that tells none, one that takes everything."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        names = (("args", inspect.Parameter.VAR_POSITIONAL), ("kwargs", inspect.Parameter.VAR_KEYWORD))
        return inspect.Signature([inspect.Parameter(name, kind) for name, kind in names])


def kind_of(function: Callable[..., Any]) -> str:
    """Return `function`, `async`, `generator` or `async_generator`.

    >>> kind_of(len), kind_of(kind_of)
    ('function', 'function')
    """
    call = function if inspect.isroutine(function) else getattr(type(function), "__call__", function)  # noqa: B004 - the method itself
    inner = getattr(function, "func", None)  # functools.partial
    seen = inner if inner is not None and not inspect.isroutine(function) else call
    for test, kind in (
        (inspect.iscoroutinefunction, "async"),
        (inspect.isasyncgenfunction, "async_generator"),
        (inspect.isgeneratorfunction, "generator"),
    ):
        if test(seen):
            return kind
    return "function"


def shape_of(
    function: Callable[..., Any], signature: inspect.Signature, hints: Hints, original: Original | None
) -> Shape:
    """Return what the wrapper's source depends on."""
    parameters = tuple(
        Parameter(name, KINDS[one.kind], hints.text(name), "" if one.default is one.empty else "...")
        for name, one in signature.parameters.items()
    )
    name = getattr(function, "__name__", type(function).__name__)
    return Shape(
        name=name if name.isidentifier() and not iskeyword(name) else "function", parameters=parameters, returns=hints.text("return"),
        kind=kind_of(function),  # type: ignore[arg-type]  # one of the four names
        body=original.body if original is not None else "reads",
        effects=original.effects if original is not None else frozenset(),
    )  # fmt: skip


def limits_of(poet: Poet, plan: Plan) -> Limits:
    """Return the deadlines: those that the user wrote end a call, the domain's only ends the attempts."""
    settings = plan.settings
    return Limits(poet.flat.get("timeout"), poet.flat.get("attempt_timeout"), settings.get("timeout"))


def _original(poet: Poet) -> Original | None:
    if hasattr(poet.function, "__wrapped__"):
        poet.original_problem = "another decorator stands below @poet, so its text is not all that it does"
    try:
        return Original.of(poet.function)
    except SourceUnavailableError as error:
        poet.original_problem = error.message
        return None


def _connect(poet: Poet, plan: Plan, inputs: Inputs, results: Results, operator: Operator, trainer: Trainer) -> None:
    """Give the wrapper's source what it calls."""
    from dana_poet.stages.streams import stream_of

    poet.argument, poet.perceive = inputs.argument, inputs.together
    poet.missing, poet.surplus = inputs.missing, inputs.surplus
    poet.operate, poet.again = operator.operate, operator.again
    poet.result = results.result
    poet.enforce = results.aenforce if plan.shape.kind == "async" else results.enforce
    poet.completed, poet.failed = trainer.completed, trainer.failed
    poet.stream = stream_of(operator, inputs, trainer)
    breaks = breaker_settings(poet.flat, plan.shape.body)
    if poet.breaker is None and breaks is not None:
        poet.breaker = Breaker(plan.shape.name, *breaks)


def _exchange(poet: Poet, plan: Plan, inputs: Inputs, source: str) -> None:
    """Compile the source and let the wrapper run it. Tracebacks show its lines."""
    wrapper = poet.wrapper
    if wrapper is None:
        return
    file = f"<poet {plan.shape.name} {id(poet):x}>"
    names: dict[str, Any] = {}
    for one in plan.shape.parameters:
        names[f"default_{one.name}"] = inputs.defaults.get(one.name, MISSING)
    scope = {**names, "__name__": wrapper.__module__ or "dana_poet"}
    code = compile(source, file, "exec")
    exec(code, scope)  # noqa: S102 - the template generator's own text: only the function's parameter names are foreign
    made: FunctionType = scope[plan.shape.name]
    while _gone:
        linecache.cache.pop(_gone.pop(), None)
    if file not in linecache.cache:
        weakref.finalize(wrapper, _gone.append, file).atexit = False
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    reserved = {one.name for one in plan.shape.parameters}
    for name, value in (("poet", poet), ("running", executions.running)):
        free = name
        while free in reserved:
            free += "_"
        names[free] = value
    wrapper.__globals__.update(names)
    wrapper.__defaults__, wrapper.__kwdefaults__ = made.__defaults__, made.__kwdefaults__
    wrapper.__code__ = made.__code__.replace(co_name=wrapper.__name__, co_qualname=wrapper.__qualname__)


def exchange_defaults(wrapper: Any, built: Built, values: Mapping[str, Any]) -> None:
    """Give parameters of the wrapper other defaults. Its head takes all parameters by the names of their defaults."""
    built.inputs.defaults.update(values)
    code = wrapper.__code__
    places = code.co_varnames[: code.co_argcount]
    given = wrapper.__defaults__ or ()
    first = len(places) - len(given)
    wrapper.__defaults__ = tuple(values.get(name, old) for name, old in zip(places[first:], given, strict=True))
    named = wrapper.__kwdefaults__
    if named:
        wrapper.__kwdefaults__ = {name: values.get(name, old) for name, old in named.items()}
