"""What untrusted code may use: one frozen value, checked when it is made."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

MIB = 1024 * 1024

DEFAULT_MODULES: frozenset[str] = frozenset(
    "abc base64 binascii bisect calendar cmath collections collections.abc contextlib copy csv dataclasses datetime "
    "decimal difflib enum fractions functools graphlib hashlib heapq hmac html io itertools json logging math numbers "
    "operator pprint random re secrets statistics string struct sys textwrap time types typing unicodedata urllib "
    "urllib.parse uuid warnings zlib".split()
)
OPTIONAL_MODULES: frozenset[str] = frozenset({"numpy"})
LAYERS: frozenset[str] = frozenset({"process", "limits", "no_new_privs", "landlock", "seccomp", "unprivileged"})


class PolicyError(ValueError):
    """A policy setting makes no sense; the message names the field, what it was and what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPolicy:
    """Limits of one run. Times in seconds of wall clock or CPU, memory in MiB, sizes in bytes.

    `modules` are the facades that the program may import (`"numpy"` is opt-in). `calls_per_worker` 1 forks a fresh
    child for every call; N > 1 lets one program reuse its own hardened child for N calls. `retries` counts repeats
    after a crash, a timeout or memory that ran out (a refusal is never repeated). `require` names the isolation
    layers without which nothing is run (`{"landlock", "seccomp"}`). PolicyError when a field makes no sense.

    >>> SandboxPolicy(wall_seconds=0.5, memory_mib=128).wall_seconds
    0.5
    """

    wall_seconds: float = 2.0
    cpu_seconds: float | None = None
    memory_mib: int = 256
    source_bytes: int = 64 * 1024
    input_bytes: int = 8 * MIB
    result_bytes: int = 4 * MIB
    output_bytes: int = MIB
    value_nodes: int = 500_000
    value_depth: int = 100
    capability_calls: int = 1000
    calls_per_worker: int = 1
    retries: int = 1
    modules: frozenset[str] = DEFAULT_MODULES
    require: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in {"modules", "require"}:
                object.__setattr__(self, field.name, _names(field.name, value))
            elif field.name in {"wall_seconds", "cpu_seconds"}:
                _check_seconds(field.name, value, optional=field.name == "cpu_seconds")
            else:
                _check_count(field.name, value, least=0 if field.name in _MAY_BE_ZERO else 1)
        _check_known("modules", self.modules, DEFAULT_MODULES | OPTIONAL_MODULES)
        _check_known("require", self.require, LAYERS)

    @property
    def cpu_limit(self) -> int:
        """Whole CPU seconds after which the kernel ends the child, whatever the parent does."""
        return math.ceil(self.cpu_seconds if self.cpu_seconds is not None else self.wall_seconds) + 1


_MAY_BE_ZERO = frozenset({"retries", "capability_calls"})


def _names(field: str, value: object) -> frozenset[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise PolicyError(f"{field} must be a set of names, got {value!r}")
    names = frozenset(value)
    if not all(isinstance(name, str) for name in names):
        raise PolicyError(f"{field} must hold names only, got {value!r}")
    return names


def _check_seconds(field: str, value: object, *, optional: bool) -> None:
    if optional and value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        raise PolicyError(f"{field} must be a number of seconds above 0, got {value!r}")


def _check_count(field: str, value: object, *, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise PolicyError(f"{field} must be a whole number of at least {least}, got {value!r}")


def _check_known(field: str, names: frozenset[str], known: frozenset[str]) -> None:
    if unknown := names - known:
        raise PolicyError(f"{field} has unknown names {sorted(unknown)}; known are {', '.join(sorted(known))}")
