# technique: marshal and ctypes
# expected: rejected
import marshal
result = marshal.loads(b"c")
