# technique: getattr(g, "gi_suspended")
# expected: rejected
g = (x for x in ())
result = getattr(g, "gi_sus" + "pended")
