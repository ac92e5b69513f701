# technique: BENIGN - ordinary program: type checking block
# expected: accepted
# expect: 'a'
from __future__ import annotations
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from pathlib import Path
def f(p: Path) -> str: return str(p)
result = f("a")
