# technique: the same object inside lists, as scalar operand and in np.full, concatenate, add
# expected: harmless
# modules: numpy
import numpy as np
class A:
    def __getattr__(self, n):
        if n == "__array_interface__":
            return {"shape": (8,), "typestr": "|u1", "data": (id(len), True), "version": 3}
        raise AttributeError(n)
out = []
for probe in (lambda: np.array([A()]), lambda: np.full(8, A()), lambda: np.concatenate([A(), A()]), lambda: np.zeros(8) + A(),
              lambda: np.sum(A()), lambda: np.vstack([A()]), lambda: np.median(A()), lambda: np.frombuffer(A(), dtype="u1")):
    try:
        value = probe()
    except Exception:
        continue
    if hasattr(value, "dtype") and str(value.dtype) != "object":
        out.append(str(value))
result = "ESCAPED memory read " + str(out) if out else "ran"
