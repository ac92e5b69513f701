# technique: from __future__ import annotations as x is ordinary
# expected: harmless
from __future__ import annotations as _unused
result = "ran"
