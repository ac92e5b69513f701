"""The generator that needs no model: it composes an enhancement from hints, the body's classification and the domain."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dana_poet.codegen.generator import Candidate, GenerationError, requested
from dana_poet.codegen.template_plan import Parameter, ParameterKind, Shape, planned
from dana_poet.codegen.template_text import composed
from dana_poet.errors import PoetOptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dana_poet.codegen.generator import GenerationRequest
    from dana_poet.codegen.original import Original

NOTES = "rule-based: composed from type hints, the body's classification and the domain; no model was asked"


class TemplateGenerator:
    """Writes the enhancement that `@poet` runs without a model, in a few milliseconds and always the same.

    >>> candidate = TemplateGenerator().generate("def twice(n: int) -> int:\\n    return 2 * n")
    >>> candidate.origin, "if type(n) is not int:" in candidate.source
    ('rules', True)
    """

    name = "template"

    def generate(self, request: GenerationRequest | Original | Callable[..., object] | str) -> Candidate:
        """Return the rule-based candidate for a request, a function (with its `@poet` options) or a function's source.

        GenerationError for a domain or an option that makes no sense.
        """
        from dana_poet.domains import resolve

        request = requested(request)
        try:
            plan = planned(shape_of(request.original), resolve(request.domain), request.options)
        except PoetOptionError as error:
            raise GenerationError(error.message, reason="wrong_option", hint=error.hint) from error
        return Candidate(composed(plan), "rules", self.name, NOTES)


def shape_of(original: Original) -> Shape:
    """Return what a rule needs to know of a function.

    >>> from dana_poet.codegen.original import Original
    >>> shape_of(Original.of_source("def f(a, /, *b, c: int = 1, **d): pass")).parameters[2]
    Parameter(name='c', kind='named', hint='int', default='1')
    """
    tree = original.tree()
    returns = ast.unparse(tree.returns) if tree.returns is not None else ""
    return Shape(original.name, tuple(_parameters(tree.args)), returns, original.kind, original.body, original.effects)


def _parameters(listed: ast.arguments) -> Iterator[Parameter]:
    places = [*listed.posonlyargs, *listed.args]
    missing = [None] * (len(places) - len(listed.defaults))
    for index, (one, default) in enumerate(zip(places, [*missing, *listed.defaults], strict=True)):
        yield _parameter(one, "first" if index < len(listed.posonlyargs) else "plain", default)
    if listed.vararg is not None:
        yield _parameter(listed.vararg, "args", None)
    for one, default in zip(listed.kwonlyargs, listed.kw_defaults, strict=True):
        yield _parameter(one, "named", default)
    if listed.kwarg is not None:
        yield _parameter(listed.kwarg, "kwargs", None)


def _parameter(one: ast.arg, kind: ParameterKind, default: ast.expr | None) -> Parameter:
    hint = one.annotation
    text = hint.value if isinstance(hint, ast.Constant) and isinstance(hint.value, str) else None
    written = text if text is not None else ast.unparse(hint) if hint is not None else ""
    return Parameter(one.arg, kind, written, ast.unparse(default) if default is not None else "")
