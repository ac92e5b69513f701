"""How a pipeline runs: the plan behind a Pipeline value, and the functions that its calls come down to.

When every stage is a plain function of its value, a call is one Python frame that calls them in turn. A failing
stage is found from the line that failed, so that naming it costs nothing while all is well.
"""

# ruff: noqa: D102 - what a plan redefines means what the base says

from __future__ import annotations

from time import perf_counter

from dana_poet.errors import DanaCallError
from dana_poet.runtime.pipeline_parameters import parameters_of
from dana_poet.runtime.pipeline_stages import NOTHING, NOWHERE, Place

TYPE_CHECKING = False  # `typing` costs more time to load than a small program takes to run
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from functools import partial
    from typing import Any, TypeAlias

    from dana_poet.runtime.pipeline_parameters import Parameters
    from dana_poet.runtime.pipeline_stages import SpanTuple, Stage

    Function: TypeAlias = Callable[..., Any]
    Named: TypeAlias = dict[str, object]
else:
    from _functools import partial  # `functools` itself would load `collections`

MISSING = object()


def _empty() -> None:
    """Be what a function without statements is compiled to."""


class Plan:
    """A pipeline made of stages. `parameters` is None for a composed one, whose first stage takes the call as it is."""

    composed = True

    def __init__(self, stages: tuple[Stage, ...], name: str = "", file: str = "") -> None:
        self.name = name or " | ".join(stage.label for stage in stages)
        self.stages = stages
        self.file = file
        self.returns: object = None
        self.signature: Function | None = None
        self.parameters: Parameters | None = None
        self.seconds: tuple[float, ...] = ()
        self.fast: Function | None = None

    def takes(self) -> Parameters | None:
        """Return what a call takes, None when that cannot be known."""
        if self.parameters is not None:
            return self.parameters
        first = self.stages[0].direct()
        return parameters_of(first) if first is not None else None

    def marks(self) -> tuple[tuple[str, SpanTuple], ...]:
        """Return label and place of every stage."""
        return tuple((stage.label, stage.span) for stage in self.stages)

    def steps(self, args: tuple[object, ...], named: Named) -> Iterator[object]:
        """Run, and yield the value after every stage. This is the meaning of a pipeline; the rest is speed."""
        values, captured, named = self.entered(args, named)
        index = 0
        try:
            for index, stage in enumerate(self.stages):  # noqa: B007 - read where a stage fails
                value = stage.run(captured, *values, **named)
                if stage.capture:
                    captured[stage.capture] = value
                yield value
                values, named = (value,), {}
        except Exception as error:
            annotate(self, index, error)
            raise

    def timed(self, args: tuple[object, ...], named: Named) -> Iterator[tuple[int, object, float]]:
        """Run, and yield index, value and wall time in seconds after every stage."""
        before = perf_counter()
        for index, value in enumerate(self.steps(args, named)):
            yield index, value, perf_counter() - before
            before = perf_counter()

    def entered(self, args: tuple[object, ...], named: Named) -> tuple[tuple[object, ...], Named, Named]:
        """Return what the first stage gets by position, the names that exist at the start, and its keywords."""
        return args, {}, named

    def run(self, *args: object, **named: object) -> object:
        """Run by the steps and return the last value."""
        result: object = None
        for value in self.steps(args, named):
            result = value
        return result

    def compiled(self) -> Function:
        """Return the fastest function that means the same as `run`. Every stage must be known by now."""
        if self.fast is None:
            functions = tuple(self._direct(stage) for stage in self.stages)
            known = tuple(function for function in functions if function is not None)
            self.fast = self._fastest(known) if len(known) == len(functions) else self.run
        return self.fast

    def ready(self) -> bool:
        """Whether all stages are known, so that `compiled` looks no name up before its time."""
        return all(stage.ready() for stage in self.stages)

    def _direct(self, stage: Stage) -> Function | None:
        names = not self.composed or any(each.capture for each in self.stages)
        return stage.direct() or (None if names else partial(stage.run, NOTHING))

    def _fastest(self, functions: tuple[Function, ...]) -> Function:
        return chained(self, functions, loop(self, functions))


class DeclaredPlan(Plan):
    """`def p(a, b = 1) = f | g`: has parameters of its own, which are names that every stage may use."""

    composed = False
    parameters: Parameters

    def __init__(
        self, name: str, signature: Function, stages: tuple[Stage, ...], *, returns: object, file: str
    ) -> None:
        parameters = parameters_of(signature)
        assert parameters is not None, "a signature is a plain function"
        # A method's own agent is a captured name, not something that its stages work on.
        self._skipped = 1 if parameters.names[:1] == ("self",) else 0
        given = parameters.names[self._skipped :]
        captures = frozenset(stage.capture for stage in stages if stage.capture)
        placed = tuple(stage.placed(Place(given, captures, first=i == 0)) for i, stage in enumerate(stages))
        super().__init__(placed, name, file)
        self._has_body = len(signature.__code__.co_code) > len(_empty.__code__.co_code)
        self.parameters = parameters
        self.signature = signature
        self.returns = returns

    def entered(self, args: tuple[object, ...], named: Named) -> tuple[tuple[object, ...], Named, Named]:
        captured = self._checked(args, named) if self._has_body else self.parameters.bind(self.name, args, named)
        return self.parameters.by_position(captured)[self._skipped :], captured, {}

    def _checked(self, args: tuple[object, ...], named: Named) -> Named:
        """Return the parameters after the signature's own checks and defaults; it may only check and return nothing."""
        bound = self.parameters.bind(self.name, args, named)
        assert self.signature is not None, "a declared pipeline has one"
        return self.signature(*args, **named) or bound

    def _fastest(self, functions: tuple[Function, ...]) -> Function:
        count = len(self.parameters.names)
        if self._skipped or not self._is_simple():
            return self.run
        return chained(self, functions, self.run) if count == 1 else loop(self, functions, self.run, count)

    def _is_simple(self) -> bool:
        starred = self.parameters.star or self.parameters.double_star
        return not (starred or self.parameters.by_name_only or self._has_body)


class BlockPlan(Plan):
    """`pipeline p:` with statements. `traced(mark, *inputs)` calls `mark(index, value)` after each of them."""

    composed = False

    def __init__(
        self, function: Function, name: str, marks: tuple[tuple[str, SpanTuple], ...], traced: Function, file: str
    ) -> None:
        super().__init__((), name, file)
        self._function = function
        self._marks = marks
        self._traced = traced
        self.signature = function
        self.returns = getattr(function, "__annotations__", {}).get("return")
        self.parameters = parameters_of(function)
        self.fast = self.run

    def marks(self) -> tuple[tuple[str, SpanTuple], ...]:
        return self._marks

    def timed(self, args: tuple[object, ...], named: Named) -> Iterator[tuple[int, object, float]]:
        """Run to the end, then tell of every statement that was marked; the result comes last, under the index -1.

        A mark of -1 is that of the last statement, `output:`.
        """
        seen: list[tuple[int, object, float]] = []
        before = perf_counter()

        def mark(index: int, value: object) -> None:
            nonlocal before
            now = perf_counter()
            seen.append((index % len(self._marks), value, now - before))
            before = now

        result = self.guarded(self._traced, (mark, *args), named)
        yield from seen
        yield -1, result, 0.0

    def run(self, *args: object, **named: object) -> object:
        return self.guarded(self._function, args, named)

    def guarded(self, function: Function, args: tuple[object, ...], named: Named) -> object:
        """Return `function(*args, **named)`; an error is told the statement that it comes from."""
        try:
            return function(*args, **named)
        except Exception as error:
            where = error.__traceback__ and error.__traceback__.tb_next
            if where is None:  # the function was not entered: the call does not fit its parameters
                self._explain_call(args, named)
                raise
            annotate(self, self._statement_at(where.tb_lineno), error)
            raise

    def _explain_call(self, args: tuple[object, ...], named: Named) -> None:
        if self.parameters is None:
            return
        try:
            self.parameters.bind(self.name, args, named)
        except DanaCallError as error:
            raise error from None

    def _statement_at(self, line: int) -> int:
        for index, (_, (first, _, last, _)) in enumerate(self._marks):
            if first <= line <= last:
                return index
        return -1


def annotate(plan: Plan, index: int, error: BaseException) -> None:
    """Note on `error` the pipeline and the stage it comes from; `index` counts from 0, -1 when it is not known.

    A note that is there already is not repeated: a pipeline that calls itself a hundred times says so once.
    """
    note = f"in pipeline {plan.name}"
    marks = plan.marks()
    if 0 <= index < len(marks):
        label, span = marks[index]
        note += f", stage {index + 1} '{label}'{place_text(plan.file, span)}"
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def place_text(file: str, span: SpanTuple) -> str:
    """Return ` (file.na:3:10)`, as much of it as is known.

    >>> place_text("a.na", (3, 10, 3, 12)), place_text("", (3, 10, 3, 12)), place_text("a.na", (0, 0, 0, 0))
    (' (a.na:3:10)', ' (line 3, column 10)', '')
    """
    if tuple(span) == NOWHERE:
        return ""
    return f" ({file}:{span[0]}:{span[1]})" if file else f" (line {span[0]}, column {span[1]})"


def chained(plan: Plan, functions: tuple[Function, ...], slow: Function) -> Function:
    """Return a function that calls `functions` in turn; `slow` takes calls with anything but one value."""
    maker = CHAINS.get(len(functions))
    return loop(plan, functions, slow, 1) if maker is None else maker(plan, slow, *functions)


def loop(plan: Plan, functions: tuple[Function, ...], slow: Function | None = None, count: int = 0) -> Function:
    """Return `chained` for any number of functions; `slow` takes what is not a call with `count` values.

    Without `slow` the first function takes every call.
    """
    first, others = functions[0], functions[1:]

    def run(*args: Any, **named: Any) -> Any:
        if slow is not None and (named or len(args) != count):
            return slow(*args, **named)
        rest = iter(others)
        try:
            value = first(*args, **named)
        except Exception as error:
            annotate(plan, 0, error)
            raise
        try:
            for function in rest:
                value = function(value)
        except Exception as error:
            from operator import length_hint

            annotate(plan, len(others) - length_hint(rest), error)
            raise
        return value

    return run


def failed_stage(error: BaseException) -> int:
    """Return which stage of a chain failed: the first of them stands on the fourth line of its function."""
    here = error.__traceback__
    assert here is not None, "an error that was caught has a traceback"
    return here.tb_lineno - here.tb_frame.f_code.co_firstlineno - 4


def _slow(slow: Function, value: Any, extra: tuple[Any, ...], named: Named) -> Any:
    return slow(**named) if value is MISSING else slow(value, *extra, **named)


# The four functions below are written out because a loop costs half as much again as the calls themselves.
# Every stage stands on a line of its own: `failed_stage` counts them.


def _chain1(plan: Plan, slow: Function, f: Function) -> Function:
    def run(value: Any = MISSING, /, *extra: Any, **named: Any) -> Any:
        if extra or named or value is MISSING:
            return _slow(slow, value, extra, named)
        try:
            return f(value)
        except Exception as error:
            annotate(plan, failed_stage(error), error)
            raise

    return run


def _chain2(plan: Plan, slow: Function, f: Function, g: Function) -> Function:
    def run(value: Any = MISSING, /, *extra: Any, **named: Any) -> Any:
        if extra or named or value is MISSING:
            return _slow(slow, value, extra, named)
        try:
            value = f(value)
            return g(value)
        except Exception as error:
            annotate(plan, failed_stage(error), error)
            raise

    return run


def _chain3(plan: Plan, slow: Function, f: Function, g: Function, h: Function) -> Function:
    def run(value: Any = MISSING, /, *extra: Any, **named: Any) -> Any:
        if extra or named or value is MISSING:
            return _slow(slow, value, extra, named)
        try:
            value = f(value)
            value = g(value)
            return h(value)
        except Exception as error:
            annotate(plan, failed_stage(error), error)
            raise

    return run


def _chain4(plan: Plan, slow: Function, f: Function, g: Function, h: Function, i: Function) -> Function:
    def run(value: Any = MISSING, /, *extra: Any, **named: Any) -> Any:
        if extra or named or value is MISSING:
            return _slow(slow, value, extra, named)
        try:
            value = f(value)
            value = g(value)
            value = h(value)
            return i(value)
        except Exception as error:
            annotate(plan, failed_stage(error), error)
            raise

    return run


CHAINS: dict[int, Function] = {1: _chain1, 2: _chain2, 3: _chain3, 4: _chain4}
