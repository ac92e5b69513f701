"""What a generated version may do differently from its original: `Contract`, and what a domain adds to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dana_poet.errors import DanaValueError

Example = tuple[tuple[Any, ...], Mapping[str, Any]]
Check = Callable[[Any, Any], object]
"""Called with an example and the candidate's result; False or an exception refuses the candidate."""

_WIDER = {"coerce": "coerce", "recover": "recover"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The differences that are allowed between a candidate and its original. The default allows what is safe.

    Where the original returned a value that fits its hint the candidate returns the same value and changes its inputs
    in the same way. Where an input does not fit its hint the candidate may raise a ValueError or TypeError instead.
    Where the original raised, it raises the same class or a subclass, and returns nothing. Nothing lasts from one call
    to the next, and nothing reaches the process or its files. The fields widen or narrow that:

    - `coerce` allows a value of its own for an input that does not fit its hint; `recover` one where the original
      raised. `retry_reads` allows to read again after a lost connection, never to write again.
    - `errors` are further exception classes that may stand for an exception of the original. `same` tells whether two
      results are equal where `==` says too little or too much. `tolerance` is the relative difference of floats.
    - `imports` are modules that the candidate may use although the original does not; `grants` are powers: network,
      model, read_files, write_files, clock, print.
    - `checks` are called as `check((args, kwargs), result)` with each example and what the candidate returned for it.
      `metric(example, result)` is a number, higher is better: its mean over `dev_set`, else the examples, has to reach
      `least`, or what the original reaches.
    - `samples` is how many inputs the differential test makes, at most; 0 leaves it out. `hypothesis` is how many more
      Hypothesis draws, where it is installed. `untested` says what happens to a candidate with a new branch that no
      input reached: "refuse" or "allow".
    - `cpu_ratio` is how much more CPU a call may take than the original's, beyond `cpu_floor` seconds. `call_seconds`
      is the CPU time that a call may take in any case.

    DanaValueError for a value that makes no sense.

    >>> Contract(recover=True).recover, Contract().recover
    (True, False)
    """

    coerce: bool = False
    recover: bool = False
    retry_reads: bool = True
    errors: tuple[type[Exception], ...] = ()
    same: Callable[[Any, Any], bool] | None = None
    tolerance: float = 1e-13
    imports: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    checks: tuple[Check, ...] = ()
    metric: Callable[[Any, Any], float] | None = None
    dev_set: tuple[Example, ...] = ()
    least: float | None = None
    samples: int = 320
    hypothesis: int = 0
    untested: str = "refuse"
    cpu_ratio: float = 10.0
    cpu_floor: float = 0.0005
    call_seconds: float = 0.1

    def __post_init__(self) -> None:
        if self.untested not in {"refuse", "allow"}:
            raise DanaValueError(f"untested must be 'refuse' or 'allow', got {self.untested!r}")
        for name in ("samples", "hypothesis", "tolerance", "cpu_ratio", "cpu_floor"):
            if not getattr(self, name) >= 0:
                raise DanaValueError(f"{name} must be 0 or more, got {getattr(self, name)!r}")
        if not 0 < self.call_seconds <= 60:
            raise DanaValueError(f"call_seconds must be above 0 and at most 60, got {self.call_seconds!r}")

    def with_domain(self, domain: str) -> Contract:
        """Return this contract with what a domain grants. PoetOptionError for a name that no domain has.

        >>> "clock" in Contract(grants=frozenset({"clock"})).with_domain("base").grants
        True
        """
        from dana_poet.domains import get

        known = get(domain)
        wider: dict[str, Any] = {field: True for grant, field in _WIDER.items() if grant in known.grants}
        grants, imports = self.grants | known.grants, self.imports | known.imports
        return dataclasses.replace(self, grants=frozenset(grants), imports=frozenset(imports), **wider)
