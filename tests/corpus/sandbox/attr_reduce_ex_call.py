# technique: __reduce_ex__ by name on a plain value
# expected: rejected
result = (1.5).__reduce_ex__(2)
