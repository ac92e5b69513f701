# technique: register reached on a library ABC: Sequence.register
# expected: rejected
import collections.abc
g = (x for x in ())
collections.abc.Sequence.register(type(g))
result = "ran"
