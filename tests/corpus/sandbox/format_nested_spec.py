# technique: attribute inside a nested format spec
# expected: rejected
result = "ESCAPED " + "{0:{1.__class__}}".format(1, 2)
