"""The host's end of the capabilities in one run: what is granted, how often it was used, what the program is told."""

import builtins
from collections.abc import Callable, Mapping
from typing import Any

from dana_sandbox import frames
from dana_sandbox.capability import Capability
from dana_sandbox.crossing import BadMessage, CannotCross, Limits
from dana_sandbox.errors import message_of, scrub
from dana_sandbox.messages import decode, encode
from dana_sandbox.name_check import check_name
from dana_sandbox.policy import SandboxPolicy

_MESSAGE = Limits(bytes=100_000, nodes=10, depth=2)
# Exceptions that a program can be given by name and message alone.
_KNOWN: frozenset[type[Exception]] = frozenset(
    kind
    for kind in vars(builtins).values()
    if isinstance(kind, type)
    and issubclass(kind, Exception)
    and not issubclass(kind, (UnicodeError, StopIteration, StopAsyncIteration, Warning, ExceptionGroup))
)


def granted(capabilities: Mapping[str, Capability | Callable[..., object]] | None) -> dict[str, Capability]:
    """Return the capabilities by name. TypeError or ValueError when one cannot be granted so."""
    if capabilities is None:
        return {}
    if not isinstance(capabilities, Mapping):
        raise TypeError(f"capabilities must map names to functions, got {type(capabilities).__name__}")
    found = {}
    for name, given in capabilities.items():
        if problem := check_name(name):
            raise ValueError(f"capability {name!r}: {problem}")
        found[name] = given if isinstance(given, Capability) else Capability(given)
    return found


class Grants:
    """The calls of one attempt. `used` tells whether the program has reached the host."""

    def __init__(self, capabilities: Mapping[str, Capability], policy: SandboxPolicy) -> None:
        self._capabilities = capabilities
        self._numpy = "numpy" in policy.modules
        self._limits = Limits(policy.input_bytes, policy.value_nodes, policy.value_depth)
        self._left = policy.capability_calls
        self._counts = dict.fromkeys(capabilities, 0)
        self.used = False

    def answer(self, name: bytes, args: bytes, kwargs: bytes) -> bytes:
        """Make one call for the program, and return the frame that tells it what came of it.

        BadMessage when the child sent nonsense. What is no Exception (KeyboardInterrupt) goes on to the host.
        """
        word = name.decode("ascii", "replace")
        arguments = decode(args, self._limits, numpy=self._numpy)
        keywords = decode(kwargs, self._limits, numpy=self._numpy)
        if type(arguments) is not list or type(keywords) is not dict or not all(type(key) is str for key in keywords):
            raise BadMessage("a call without arguments")
        try:
            return frames.pack(frames.ANSWER, b"", self._result(word, arguments, keywords))
        except CannotCross as problem:
            told: Exception = TypeError(f"{word}(): the result{problem.path} {problem.reason}")
        except Exception as error:  # noqa: BLE001 - the program is told, as it would be of any function
            told = error
        return _raised(told)

    def _result(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> bytes:
        capability = self._capabilities.get(name)
        if capability is None:
            raise PermissionError("no such capability")
        self._take_turn(name, capability)
        capability.check(name, args, kwargs)
        self.used = True
        value = capability.fn(*args, **kwargs)
        if hasattr(value, "__await__") and hasattr(value, "close"):
            value.close()  # a coroutine that nobody will await
        return encode(value, self._limits, numpy=self._numpy)

    def _take_turn(self, name: str, capability: Capability) -> None:
        self._left -= 1
        self._counts[name] += 1
        if self._left < 0:
            raise PermissionError("this run has used up its calls of capabilities")
        if self._counts[name] > capability.max_calls:
            raise PermissionError(f"{name} may be called {capability.max_calls} times in a run")
        if not capability.take_turn():
            raise PermissionError(f"{name} may be called {capability.per_second} times a second")


NO_GRANTS = Grants({}, SandboxPolicy())
"""For programs that may call nothing: it keeps nothing, so they can share it."""


def _raised(error: Exception) -> bytes:
    kind = type(error)
    known = kind in _KNOWN
    # KeyError's own text is the repr of its key, which the program's KeyError would quote once more.
    key = error.args[0] if kind is KeyError and len(error.args) == 1 and type(error.args[0]) is str else None
    message = scrub(message_of(error) if key is None else key)
    if not known:
        message = scrub(f"{kind.__name__}: {message}" if message else kind.__name__)
    name = kind.__name__ if known else "RuntimeError"
    return frames.pack(frames.ANSWER, name.encode(), encode(message, _MESSAGE))
