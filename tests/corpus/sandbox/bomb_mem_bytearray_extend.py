# technique: a bytearray that is extended for ever
# expected: contained: memory
b = bytearray(10 ** 6)
while True:
    b.extend(b)
