# technique: one big text shared a thousand times
# expected: contained: output
s = "x" * 100000
result = [s] * 1000
