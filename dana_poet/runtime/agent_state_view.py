"""What `agent.state` gives: the state fields of an agent, by name and by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.runtime.agents import Agent


class StateView:
    """`agent.state`: the fields under `state:`, to read and to write."""

    __slots__ = ("__dana_of__",)

    def __init__(self, agent: Agent) -> None:
        object.__setattr__(self, "__dana_of__", agent)

    def __getattr__(self, name: str) -> Any:
        if name not in self._names():
            raise AttributeError(
                f"the state of {type(self.__dana_of__).__name__} has no field '{name}'", name=name, obj=self
            )
        return getattr(self.__dana_of__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        getattr(self, name)
        setattr(self.__dana_of__, name, value)

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    def __dir__(self) -> tuple[str, ...]:
        return self._names()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def __repr__(self) -> str:
        return repr({name: getattr(self, name) for name in self._names()})

    def _names(self) -> tuple[str, ...]:
        fields = self.__dana_of__.__dana_table__.by_name.values()
        return tuple(field.name for field in fields if field.in_state)
