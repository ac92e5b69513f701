"""What a program may touch: which Python modules it may import, and whether it runs in the isolated worker."""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

    from dana_sandbox.policy import SandboxPolicy

SAFE_MODULES = frozenset(
    "math cmath json re statistics datetime random collections itertools functools string decimal fractions typing "
    "dataclasses enum copy operator time calendar textwrap heapq bisect hashlib base64 uuid numbers difflib unicodedata "
    "zoneinfo struct array pprint secrets numpy scipy pandas".split()
)
"""Python modules that any program may import; of the standard ones it sees public names that are no other modules."""


class Policy(namedtuple("Policy", "allow_imports sandbox own_folder limits")):  # noqa: PYI024 - typing.NamedTuple loads slower
    """What programs may touch. `allow_imports` extends the safe list; `own_folder` allows modules beside the program.

    With `sandbox` the program runs in the isolated worker, under `limits` (a `dana_sandbox.SandboxPolicy`; by default
    60 s, 512 MiB of memory, 8 MiB of output).

    >>> Policy().allows("math"), Policy().allows("os"), Policy(frozenset({"os"})).allows("os.path")
    (True, False, True)
    """

    __slots__ = ()
    allow_imports: frozenset[str]
    sandbox: bool
    own_folder: bool
    limits: SandboxPolicy | None

    def __new__(
        cls, allow_imports: frozenset[str] = frozenset(), *, sandbox: bool = False, own_folder: bool = True,
        limits: SandboxPolicy | None = None,
    ) -> Self:  # fmt: skip
        """Make a policy; the default is that of a program run by its owner."""
        return super().__new__(cls, frozenset(allow_imports), sandbox, own_folder, limits)

    @classmethod
    def sandboxed(cls, *, limits: SandboxPolicy | None = None, own_folder: bool = False) -> Self:
        """Return the policy for programs that nobody has read: everything runs in the isolated worker.

        With `own_folder` a program may import the `.na` modules of its folder, which run in the worker too.
        """
        return cls(sandbox=True, own_folder=own_folder, limits=limits)

    def allows(self, module: str) -> bool:
        """Whether a Python module that is not in the program's folder may be imported."""
        root = module.partition(".")[0]
        return (
            root in SAFE_MODULES
            or root in self.allow_imports
            or module in self.allow_imports
            or "*" in self.allow_imports
        )
