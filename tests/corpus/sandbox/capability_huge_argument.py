# technique: an argument of 50 MB
# expected: contained: output
note("x" * 50_000_000)
result = 1
