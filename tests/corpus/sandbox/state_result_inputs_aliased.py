# technique: the inputs themselves in the result many times
# expected: harmless
# the same list twice is two lists for the host
xs = [1, 2]
result = {"a": xs, "b": xs, "c": (xs, xs)}
