# technique: int.to_bytes(10**10)
# expected: contained: memory
result = len((1).to_bytes(10 ** 10, "big"))
