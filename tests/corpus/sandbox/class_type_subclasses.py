# technique: type.__subclasses__(int)
# expected: rejected
result = str(type.__subclasses__(int))
