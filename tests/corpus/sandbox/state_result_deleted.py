# technique: result deleted in the end
# expected: harmless
result = 1
del result
