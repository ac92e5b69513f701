# technique: itertools.product materialises its arguments
# expected: contained: memory
import itertools
result = itertools.product(itertools.count())
