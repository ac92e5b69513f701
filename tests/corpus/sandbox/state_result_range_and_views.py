# technique: range, dict views, bytearray, memoryview
# expected: rejected
result = [range(3), {}.keys(), bytearray(b"x"), memoryview(b"x")]
