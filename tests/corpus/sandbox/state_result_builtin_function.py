# technique: built-in functions, bound methods, types
# expected: rejected
result = (len, [].append, int)
