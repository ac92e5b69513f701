# technique: format width from the data
# expected: contained: memory
result = len("{:>{w}}".format("x", w=10 ** 10))
