# technique: a UUID whose int is anything
# expected: harmless
import uuid
u = uuid.UUID(int=5)
try:
    object.__setattr__(u, "int", "ESCAPED")
except BaseException:
    pass
result = u
