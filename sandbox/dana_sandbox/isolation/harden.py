"""Confine this process, layer by layer, and say of each layer whether it holds.

The server that forks children confines itself once (`confine_server`); what it gave up its children never had. Each
child adds its own limits, a Landlock domain of its own and the system call filter (`confine_child`).
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from dana_sandbox.isolation import kernel as calls
from dana_sandbox.isolation import landlock, limits, seccomp
from dana_sandbox.isolation.kernel import Kernel

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS = ("process", "limits", "no_new_privs", "unprivileged", "landlock", "seccomp")
"""All layers, in the order in which they are reported."""

NOBODY = 65534
_CAPABILITIES = 0x20080522  # version 3 of the structure of capset
_CAPSET = {"x86_64": 126, "aarch64": 91}


class Finding(NamedTuple):
    """Whether one layer holds this process, and why not, or what of it does not."""

    layer: str
    active: bool
    reason: str


@dataclass(slots=True)
class Confinement:
    """What a server needs to remember for its children. `off` switches layers off, for tests alone."""

    kernel: Kernel | None
    off: frozenset[str]
    findings: dict[str, Finding]
    landlock_abi: int = 0
    filter: tuple[bytes, bytes] | None = None

    def attempt(self, layer: str, action: Callable[[], str | None]) -> None:
        """Put one layer on and note what came of it; a reason that comes back does not undo the layer."""
        if layer in self.off:
            self.findings[layer] = Finding(layer, False, "switched off")
            return
        try:
            reason = action()
        except OSError as problem:
            self.findings[layer] = Finding(layer, False, problem.strerror or str(problem))
        else:
            self.findings[layer] = Finding(layer, True, reason or "")

    def layers(self) -> tuple[str, ...]:
        """Return the names of the layers that hold."""
        return tuple(name for name in LAYERS if name in self.findings and self.findings[name].active)


def confine_server(off: frozenset[str]) -> Confinement:
    """Give up privileges, files, TCP and signals to strangers, as far as this system lets a process do that."""
    held = Confinement(calls.open_kernel(), off, {})
    limits.first_to_go()
    held.attempt("no_new_privs", lambda: _no_new_privileges(held.kernel))
    held.attempt("unprivileged", lambda: _drop_privileges(held.kernel))
    if held.kernel is not None:
        held.kernel.prctl(calls.PR_SET_DUMPABLE, 0)
        held.filter = seccomp.prepare()
    held.attempt("landlock", lambda: _landlock(held))
    return held


def confine_child(held: Confinement, most: limits.Limits, base_bytes: int | None, highest_fd: int) -> None:
    """Add what a child has of its own, the filter last: after it nothing of this can be called any more."""
    held.findings["process"] = Finding("process", True, "")
    if held.findings["landlock"].active:
        held.attempt("landlock", lambda: _landlock(held))  # before the limits: it needs one more descriptor
    held.attempt("limits", lambda: _limits(most, base_bytes, highest_fd))
    held.attempt("seccomp", lambda: _seccomp(held))
    held.kernel = None


def lacks(held: Confinement, required: int) -> tuple[str, ...]:
    """Return the required layers that do not hold; `required` has a bit for each of `LAYERS`."""
    wanted = (name for bit, name in enumerate(LAYERS) if required >> bit & 1)
    return tuple(name for name in wanted if name not in held.layers())


def bits(required: frozenset[str]) -> int:
    """Return the set of layers as one number, which is how it goes to a child."""
    return sum(1 << bit for bit, name in enumerate(LAYERS) if name in required)


def die_with_parent(kernel: Kernel | None, parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends; end now when it already has."""
    if kernel is not None:
        kernel.prctl(calls.PR_SET_PDEATHSIG, 9)
    if os.getppid() != parent:
        os._exit(1)


def _no_new_privileges(kernel: Kernel | None) -> None:
    if kernel is None:
        raise OSError(0, f"not known on {sys.platform}")
    kernel.prctl(calls.PR_SET_NO_NEW_PRIVS, 1)


def _drop_privileges(kernel: Kernel | None) -> str:
    """Become nobody where this is root, and give up every capability even where it has to stay root."""
    if not hasattr(os, "geteuid"):
        raise OSError(0, f"not known on {sys.platform}")
    if kernel is not None:
        _drop_bounding_set(kernel)
    if os.geteuid() == 0:
        for step in (partial(os.setgroups, []), partial(os.setgid, NOBODY), partial(os.setuid, NOBODY)):
            with contextlib.suppress(OSError):  # a container may know no other user
                step()
    if kernel is not None:
        number = _CAPSET.get(os.uname().machine)
        if number is None:
            raise OSError(0, f"capabilities of {os.uname().machine} are not known")
        header = kernel.address_of(struct.pack("=Ii", _CAPABILITIES, 0))
        kernel.syscall(number, header, kernel.address_of(bytes(24)))
    if os.geteuid() == 0:
        raise OSError(0, "it is still root, though without capabilities: no other user could be had")
    return ""


def _drop_bounding_set(kernel: Kernel) -> None:
    """Best effort: with no_new_privs nothing can be executed that would gain from it."""
    for capability in range(64):
        try:
            kernel.prctl(calls.PR_CAPBSET_DROP, capability)
        except OSError:
            return


def _landlock(held: Confinement) -> None:
    if held.kernel is None:
        raise OSError(0, f"not known on {sys.platform}")
    held.landlock_abi = landlock.confine(held.kernel)


def _limits(most: limits.Limits, base_bytes: int | None, highest_fd: int) -> str:
    if missing := limits.apply(most, base_bytes, highest_fd):
        raise OSError(0, missing)
    return ""


def _seccomp(held: Confinement) -> None:
    if held.kernel is None:
        raise OSError(0, f"not known on {sys.platform}")
    seccomp.confine(held.kernel, held.filter)
