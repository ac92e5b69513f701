# technique: print with a giant separator and end
# expected: contained: output
print(*range(100), sep="x" * 10 ** 6, end="y" * 10 ** 6)
result = 1
