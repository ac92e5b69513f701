# technique: StopIteration at module level
# expected: contained: error
raise StopIteration(len)
