# technique: {.__class__} with automatic numbering
# expected: rejected
result = "ESCAPED " + "{.__class__}".format(1)
