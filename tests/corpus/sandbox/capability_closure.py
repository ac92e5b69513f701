# technique: the closure of a granted function by getattr
# expected: rejected
result = str(getattr(lookup, "__clo" + "sure__"))
