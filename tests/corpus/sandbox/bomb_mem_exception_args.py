# technique: an exception with a giant argument
# expected: contained: memory
raise ValueError("x" * 10 ** 10)
