"""What one program may say: the frozen value that check and compiler read."""

from collections.abc import Callable
from dataclasses import dataclass

# More findings than these help nobody; they are not listed.
MAX_VIOLATIONS = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """What one program may say: modules and their exports, its entry, the names that the host puts in.

    `exports(module)` are the names of an allowed module, None when there is no such module. `trusted_names` are
    names that a trusted translator put into the tree; no rule about names is applied to them. `trusted_attributes` are
    the attributes that it writes and that the language it translates cannot say: they are read without a guard.
    """

    modules: frozenset[str]
    exports: Callable[[str], frozenset[str] | None]
    entry: str | None = None
    inputs: frozenset[str] = frozenset()
    numpy: bool = False
    trusted_names: frozenset[str] = frozenset()
    trusted_attributes: frozenset[str] = frozenset()
    max_nodes: int = 50_000
    max_depth: int = 200


def may_import(module: str, modules: frozenset[str], exports: Callable[[str], frozenset[str] | None]) -> bool:
    """Whether `module` is one of `modules`, or a module that one of them exports, like `json.decoder`.

    >>> table = {"json": frozenset({"loads", "decoder"}), "json.decoder": frozenset({"JSONDecodeError"})}
    >>> [may_import(name, frozenset({"json"}), table.get) for name in ("json", "json.decoder", "json.loads", "os")]
    [True, True, False, False]
    """
    parent, _, name = module.rpartition(".")
    known = module in modules or (parent in modules and name in (exports(parent) or ()))
    return known and exports(module) is not None
