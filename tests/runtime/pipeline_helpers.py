"""Build pipelines as generated code does: stages from thunks, a signature function for the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.runtime.pipeline import Pipeline, Stage, call_stage, declared, expression_stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable

NO_SPAN = (0, 0, 0, 0)


def named(function: Any, label: str = "", *, at: tuple[int, int] = (0, 0), to: str = "") -> Stage:
    """Return the stage of a plain name: `function` or `function as to`."""
    label = label or getattr(function, "__name__", "list")
    return stage(lambda: function, label, (*at, at[0], at[1] + len(label)) if at[0] else NO_SPAN, to)


def called(function: Any, *args: object, to: str = "", uses: tuple[str, ...] = (), **keywords: object) -> Stage:
    """Return the stage of `function(*args, *uses, **keywords)`; `uses` are captured names that are arguments."""
    label = f"{getattr(function, '__name__', 'f')}(...)"
    return call_stage(
        lambda: function,
        lambda _value, captured: ((*(captured[name] for name in uses), *args), dict(keywords)),
        label, NO_SPAN, placeholder=False, names=uses, capture=to,
    )  # fmt: skip


def marked(function: Any, arguments: Callable[[Any], tuple[object, ...]], **keywords: object) -> Stage:
    """Return the stage of a call with `$$` among its arguments."""
    return call_stage(
        lambda: function, lambda value, _captured: (arguments(value), dict(keywords)),
        "f($$)", NO_SPAN, placeholder=True, names=(),
    )  # fmt: skip


def expression(function: Callable[[Any], object]) -> Stage:
    """Return the stage of an expression that mentions `$$`."""
    return expression_stage(lambda value, _captured: function(value), "$$...", NO_SPAN)


def one(x: Any) -> None:
    """Be the signature of most pipelines in the tests."""


def pipeline(*stages: Any, signature: Callable[..., object] = one, name: str = "p", **options: Any) -> Pipeline:
    """Return `def p(x) = stages[0] | ...`; what is no stage is taken as a plain name."""
    made = tuple(item if isinstance(item, Stage) else named(item) for item in stages)
    return declared(name, signature, made, file="file.na", **options)
