"""The program's end of the capabilities: functions that send a call to the host and wait for its answer."""

import builtins
from collections.abc import Callable
from typing import Any

from dana_sandbox import frames
from dana_sandbox.channel import LARGEST, Channel
from dana_sandbox.crossing import CannotCross, Limits
from dana_sandbox.messages import decode, encode
from dana_sandbox.run_state import Refused, RunState

_FROM_HOST = Limits(bytes=LARGEST, nodes=LARGEST, depth=LARGEST)


class Outward:
    """The calls of one run. A function that a program has kept from an earlier run calls nothing any more."""

    def __init__(self, channel: Channel, state: RunState, limits: Limits, *, numpy: bool) -> None:
        self._channel, self._state, self._limits, self._numpy = channel, state, limits, numpy
        self._open = True

    def functions(self, names: list[str]) -> dict[str, object]:
        """Return what the program sees under each name."""
        return {name: self._function(name) for name in names}

    def close(self) -> None:
        """Let no call through any more."""
        self._open = False

    def _function(self, name: str) -> Callable[..., Any]:
        def capability(*args: Any, **kwargs: Any) -> Any:
            return self._call(name, args, kwargs)

        capability.__name__ = capability.__qualname__ = name
        return capability

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = [self._encoded(name, part) for part in (list(args), kwargs)]
        if self._state.refusals:
            raise Refused("nothing is called after a refusal")
        if not self._open:
            raise RuntimeError(f"{name} belongs to a run that is over")
        self._channel.send(frames.pack(frames.CALL, name.encode(), *arguments))
        _, (error, data) = frames.unpack(self._channel.receive(LARGEST))
        value = decode(data, _FROM_HOST, numpy=self._numpy)
        if error:
            raise getattr(builtins, error.decode(), RuntimeError)(value)
        return value

    def _encoded(self, name: str, arguments: Any) -> bytes:
        try:
            return encode(arguments, self._limits, numpy=self._numpy)
        except CannotCross as problem:
            raise TypeError(f"{name}(): argument {problem.path} {problem.reason}; {problem.hint}") from None
