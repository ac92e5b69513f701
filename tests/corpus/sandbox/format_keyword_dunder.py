# technique: keyword field with a dunder attribute
# expected: rejected
result = "ESCAPED " + "{a.__init__.__globals__}".format(a=ValueError)
