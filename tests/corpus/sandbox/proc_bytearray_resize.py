# technique: bytearray and memoryview changed during join and slicing
# expected: harmless
b = bytearray(b"abc" * 100)
m = memoryview(b)
try:
    b.extend(b"x" * 10)
except BufferError:
    pass
class Idx:
    def __index__(self):
        return 2
result = bytes(m[Idx():5])
