# technique: NUL and control characters in a result are data
# expected: harmless
result = ["\x00\x1b[31m", b"\x00\xff"]
