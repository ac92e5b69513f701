# technique: C accelerator modules by their private names
# expected: rejected
import _io
result = _io.open(CANARY).read()
