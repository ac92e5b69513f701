# technique: format(1, "<10000000000")
# expected: contained: memory
result = len(format(1, "<3000000000"))
