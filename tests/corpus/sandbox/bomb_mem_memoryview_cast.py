# technique: bytes joined from many memoryviews
# expected: contained: memory
m = memoryview(bytes(10 ** 6))
result = len(b"".join([m] * 10 ** 5))
