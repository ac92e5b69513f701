# technique: Ellipsis and NotImplemented
# expected: rejected
result = [..., NotImplemented]
