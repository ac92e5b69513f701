# technique: item, then attribute, then item
# expected: rejected
result = "ESCAPED " + "{0[0].__class__.__mro__[1]}".format([1])
