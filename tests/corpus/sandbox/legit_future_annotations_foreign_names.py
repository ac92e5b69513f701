# technique: BENIGN - annotations of modules that are not there stay text
# expected: accepted
# expect: [2.0, None]
from __future__ import annotations
from typing import TYPE_CHECKING, Optional
if TYPE_CHECKING:
    pass
def mean(xs: np.ndarray, df: pd.DataFrame | None = None) -> Optional[np.float64]:
    total: np.float64 = sum(xs)
    return total / len(xs) if xs else None
result = [mean([1, 2, 3]), mean([])]
