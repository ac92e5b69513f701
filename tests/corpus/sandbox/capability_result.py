# technique: the granted function as the result
# expected: rejected
result = [lookup]
