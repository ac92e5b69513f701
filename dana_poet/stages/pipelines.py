"""A pipeline under `@poet`: still a pipeline, with its stages, `run`, `map` and `|`, and each run goes through POET."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.runtime.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dana_poet.stages.poet import Poet


class PoetPipeline(Pipeline):
    """A pipeline whose runs go through the stages of `poet`. A traced run shows the pipeline alone."""

    __slots__ = ("_wrapper", "poet")

    _wrapper: Callable[..., Any]
    poet: Poet

    @classmethod
    def around(cls, pipeline: Pipeline, wrapper: Any, receiver: tuple[object, ...] = ()) -> PoetPipeline:
        """Return the pipeline that runs as `wrapper` does."""
        made = cls(pipeline._plan, receiver)  # noqa: SLF001 - a pipeline of the same plan
        Pipeline._exchange(made, wrapper)  # noqa: SLF001 - as above
        object.__setattr__(made, "_wrapper", wrapper)
        object.__setattr__(made, "poet", wrapper.poet)
        return made

    def _exchange(self, function: Callable[..., object]) -> None:
        """Keep the wrapper: the pipeline inside exchanges its own function."""

    def map(self, values: Iterable[object]) -> list[object]:
        """Return the list of results for `values`, in order."""
        return [self(value) for value in values]

    def __get__(self, instance: object, owner: type | None = None) -> Pipeline:
        if instance is None or self._receiver:
            return self
        return PoetPipeline.around(self, self._wrapper, (instance,))
