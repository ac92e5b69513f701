# technique: repr of a lambda as result text is data
# expected: harmless
result = repr(lambda: 0).startswith("<function")
