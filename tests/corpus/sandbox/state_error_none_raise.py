# technique: raise of a non-exception
# expected: contained: error
raise None
