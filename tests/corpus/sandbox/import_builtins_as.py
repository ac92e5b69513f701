# technique: import builtins as b
# expected: rejected
import builtins as b
result = b.open(CANARY).read()
