"""Pipelines: immutable, callable values that compose with `|` and know their stages (LANGUAGE, section 10).

Generated code builds them with `declared`, `pipe` and `block` from the stages that `stage`, `call_stage` and
`expression_stage` make. How they run stands in `pipeline_plan`, what a stage can be in `pipeline_stages`.
"""

from __future__ import annotations

from types import GenericAlias, UnionType

from dana_poet.errors import DanaAttributeError, DanaTypeError
from dana_poet.runtime.pipeline_calls import CallStage, CapturedStage
from dana_poet.runtime.pipeline_plan import BlockPlan, DeclaredPlan, Plan
from dana_poet.runtime.pipeline_stages import (
    Case,
    ExpressionStage,
    NamedStage,
    Stage,
    as_stage,
    case,
    label_of,
    not_a_stage,
    plain,
    shown,
)

TYPE_CHECKING = False  # `typing` costs more time to load than a small program takes to run
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from functools import partial
    from typing import Any, NoReturn, Self

    from dana_poet.runtime.pipeline_parameters import Parameters
    from dana_poet.runtime.pipeline_records import PipelineRun, StageInfo
    from dana_poet.runtime.pipeline_stages import Arguments, Captured, SpanTuple

    Base = partial[Any]
else:
    from _functools import partial as Base  # noqa: N812 - `functools` itself would load `collections`

__all__ = [
    "Case", "Pipeline", "Stage", "block", "call_stage", "captured_stage", "case", "declared", "expression_stage", "pipe",
    "stage",
]  # fmt: skip

TYPE_FORMS = (type, GenericAlias, UnionType)


class Pipeline(Base):
    """A function made of stages. Composing gives a new pipeline; nothing changes an existing one.

    It is a `partial` of the function that runs it, because Python calls that without a frame in between; the
    function is exchanged for a faster one once all stages are known.
    """

    __slots__ = ("_plan", "_receiver")

    _plan: Plan
    _receiver: tuple[object, ...]

    def __new__(cls, plan: Plan, receiver: tuple[object, ...] = ()) -> Self:
        """Make the pipeline that runs `plan`, bound to the agent in `receiver` when there is one."""

        def first(*args: object, **named: object) -> object:
            value = plan.run(*args, **named)
            if plan.fast is None:
                self._exchange(plan.compiled())
            return value

        self = super().__new__(cls, plan.fast or first, *receiver)
        object.__setattr__(self, "_plan", plan)
        object.__setattr__(self, "_receiver", receiver)
        return self

    def _exchange(self, function: Callable[..., object]) -> None:
        super().__setstate__((function, self._receiver, {}, None))  # type: ignore[misc]

    @property
    def name(self) -> str:
        """What it was declared as, else its stages."""
        return self._plan.name

    @property
    def __name__(self) -> str:
        return self._plan.name

    @property
    def stages(self) -> tuple[StageInfo, ...]:
        """The stages: index from 1, name, input and output types as text, mean seconds when known."""
        from dana_poet.runtime.pipeline_records import infos

        return infos(self._plan)

    def describe(self) -> str:
        """Return the stages as a text table."""
        from dana_poet.runtime.pipeline_records import describe

        return describe(self._plan)

    def run(self, *values: object, trace: bool = False, **named: object) -> object | PipelineRun:
        """Return the result, with `trace` a record: `.value`, `.seconds`, and `.stages` with name, value, seconds."""
        if not trace:
            result: object = self(*values, **named)
            return result
        from dana_poet.runtime.pipeline_records import traced

        return traced(self._plan, (*self._receiver, *values), named)

    def map(self, values: Iterable[object]) -> list[object]:
        """Return the list of results for `values`, in order. A terminal sees a progress bar when it takes a while."""
        from dana_poet.runtime.pipeline_records import mapped

        return mapped(self._plan, values, self._receiver)

    def stream(self, values: Iterable[object]) -> Iterator[object]:
        """Give the result for each of `values` when it is asked for; `values` may be endless."""
        for value in values:
            yield self(value)

    def _taken(self) -> Parameters | None:
        known = self._plan.takes()
        return known.without_first() if known and self._receiver else known

    def _types(self) -> tuple[str, str]:
        infos = self.stages
        return (infos[0].input, infos[-1].output) if infos else ("any", "any")

    @property
    def __signature__(self) -> object:
        import inspect

        plan = self._plan
        signature = inspect.signature(plan.signature or plan.stages[0])
        if not self._receiver:
            return signature
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    def __get__(self, instance: object, owner: type | None = None) -> Pipeline:
        if instance is None or self._receiver:
            return self
        return Pipeline(self._plan, (instance,))

    def __or__(self, right: object) -> object:
        return pipe(self, right)

    def __ror__(self, left: object) -> object:
        return pipe(left, self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise DanaAttributeError(
            f"pipeline {self.name} cannot be changed", hint="compose a new one: `longer = this | next_stage`"
        )

    def __copy__(self) -> Pipeline:
        return self

    def __deepcopy__(self, _memo: dict[int, object]) -> Pipeline:
        return self

    def __reduce__(self) -> NoReturn:
        raise DanaTypeError(f"pipeline {self.name} cannot be pickled", hint="import the module that declares it")

    def __repr__(self) -> str:
        labels = " | ".join(label for label, _ in self._plan.marks())
        return f"<pipeline {labels}>" if labels == self.name else f"<pipeline {self.name}: {labels}>"


def stage(target: Callable[[], object], label: str, span: SpanTuple, capture: str = "") -> Stage:
    """Return a stage named by an expression; `target` gives what it stands for and is asked once, at the first run."""
    return NamedStage(target, label, span, capture)


def captured_stage(target: Callable[[Captured], object], label: str, span: SpanTuple, capture: str = "") -> Stage:
    """Return a stage that an expression with captured names gives: `target(captured)` is asked for it in each run."""
    return CapturedStage(target, (label, span, capture))


def call_stage(
    target: Callable[[], object],
    arguments: Arguments,
    label: str,
    span: SpanTuple,
    *,
    placeholder: bool,
    names: tuple[str, ...],
    capture: str = "",
) -> Stage:
    """Return a stage written as a call. `arguments(value, captured)` gives its arguments for one run.

    `placeholder` says that `$$` is among them, `names` which captured names are. Without `$$` the value goes first,
    unless captured values fill the parameters, or the call has no room for the value and itself gives the stage.
    """
    return CallStage(target, arguments, (label, span, capture), placeholder=placeholder, names=names)


def expression_stage(
    function: Callable[[object, Captured], object], label: str, span: SpanTuple, capture: str = ""
) -> Stage:
    """Return a stage that is an expression with `$$`: `function(value, captured)` computes it."""
    return ExpressionStage(function, (label, span, capture))


def declared(
    name: str,
    signature: Callable[..., object],
    stages: tuple[Stage, ...],
    *,
    returns: object = None,
    file: str = "",
    qualname: str = "",
) -> Pipeline:
    """Return the pipeline of `def name(parameters) = stage | stage`; `signature` is a function with those parameters.

    `signature` is empty, or it has statements that check the parameters or make fresh defaults; then it returns the
    dict of them. `returns` is the type of the result, its text, or a function that gives the type.

    The first stage gets the parameters, as many as it has room for. A first parameter `self` is no value: it is
    there for the stages by name. A call that does not fit the parameters is a DanaCallError.
    """
    signature.__qualname__ = qualname or name
    return Pipeline(DeclaredPlan(name, signature, stages, returns=returns, file=file))


def block(
    function: Callable[..., object],
    name: str,
    *,
    stages: tuple[tuple[str, SpanTuple], ...],
    traced: Callable[..., object],
    file: str,
) -> Pipeline:
    """Return the pipeline of a `pipeline name:` block. `function(*inputs)` runs it.

    `traced(mark, *inputs)` does the same and calls `mark(index, value)` after each statement. As an attribute of a
    class the pipeline is a method: the instance comes first.
    """
    return Pipeline(BlockPlan(function, name, stages, traced, file))


def pipe(left: object, *right: object) -> object:
    """Return `left | right[0] | ...`: compose when `left` can be called, otherwise apply the stages to it.

    Between two sets, dicts, ints or types `|` means what it means in Python.

    >>> pipe([3, 1, 2], sorted, len), pipe(sorted, len)([3, 1, 2]), pipe(5, 2), pipe({1}, {2})
    (3, 3, 7, {1, 2})
    """
    value = plain(left)
    for index, item in enumerate(right):
        result = _native(value, item)
        if result is not NotImplemented:
            value = result
        elif callable(value):
            return _composed(value, right[index:])
        else:
            return _applied_all(value, right[index:])
    return value


def _native(left: Any, right: Any) -> Any:
    """Return what Python's `|` gives where it keeps its meaning, else NotImplemented."""
    if _is_ours(left) or _is_ours(right):
        return NotImplemented
    if left is None and isinstance(right, TYPE_FORMS):
        return left | right
    if isinstance(left, dict) and isinstance(right, dict):
        return left | right
    if _is_stage(right) and not callable(left):
        return NotImplemented
    for base in type(left).__mro__:
        if "__or__" in base.__dict__:
            return base.__dict__["__or__"](left, right)
    return NotImplemented


def _is_ours(value: object) -> bool:
    """Whether the `|` of `value` comes back here: stages, pipelines, and what an agent wraps around its pipelines."""
    return isinstance(value, (Pipeline, Stage)) or isinstance(getattr(value, "__wrapped__", None), Pipeline)


def _is_stage(value: object) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(map(_is_stage, value))
    if isinstance(value, dict):
        return bool(value) and all(map(_is_stage, value.values()))
    return callable(value)


def _applied_all(value: object, items: tuple[object, ...]) -> object:
    captures = any(isinstance(item, Stage) and item.capture for item in items)
    if captures or (apply_plan is not _run_plan and len(items) > 1 and all(map(_is_stage, items))):
        return apply_plan(tuple(part for item in items for part in _stages_of(item)), value)
    for item in items:
        value = _applied(value, item)
    return value


def _run_plan(stages: tuple[Stage, ...], value: object) -> object:
    return Plan(stages).run(value)


apply_plan = _run_plan
"""Runs stages that are applied at once; a trace puts its own function here."""


def _applied(value: Any, item: Any) -> object:
    item = plain(item)
    if _is_stage(item):
        return item(value) if callable(item) else as_stage(item)(value)
    try:
        return value | item
    except TypeError as cause:
        raise DanaTypeError(
            f"`|` cannot join {shown(value)} and {shown(item)}",
            hint="on the right of `|` stands a function, a pipeline, or a list or dict of those",
        ) from cause


def _composed(left: Any, right: tuple[object, ...]) -> Pipeline:
    stages = tuple(part for item in (left, *right) for part in _stages_of(item))
    plan = Plan(stages)
    if plan.ready():
        plan.compiled()
    return Pipeline(plan)


def _stages_of(item: object) -> tuple[Stage, ...]:
    """Return the stages that `item` adds. A composed pipeline adds its own; a declared one is one stage."""
    item = plain(item)
    if isinstance(item, Pipeline):
        plan = item._plan  # noqa: SLF001 - composing is what a pipeline is for
        if plan.composed and not item._receiver:  # noqa: SLF001
            return plan.stages
    if not _is_stage(item):
        raise not_a_stage(label_of(item), item)
    return (as_stage(item),)
