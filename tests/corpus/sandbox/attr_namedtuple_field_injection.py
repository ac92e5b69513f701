# technique: namedtuple evaluates its field names
# expected: rejected
import collections
P = collections.namedtuple("P", ["x=print(1)", "y"])
result = "ESCAPED"
