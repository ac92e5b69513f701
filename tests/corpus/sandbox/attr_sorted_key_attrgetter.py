# technique: attrgetter as a sort key
# expected: rejected
import operator
result = sorted([1], key=operator.attrgetter("real.__class__"))
