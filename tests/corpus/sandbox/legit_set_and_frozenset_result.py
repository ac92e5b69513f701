# technique: BENIGN - sets and frozensets as results
# expected: accepted
# expect: {'s': {1, 2}, 'f': frozenset({'a', 'b'}), 'n': {frozenset(), frozenset({1})}, 't': ((), (1,))}
result = {"s": {1, 2}, "f": frozenset("ab"), "n": {frozenset([1]), frozenset()}, "t": ((), (1,))}
