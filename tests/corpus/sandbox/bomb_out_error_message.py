# technique: an error message of 50 MB
# expected: contained: error
raise ValueError("x" * 50_000_000)
