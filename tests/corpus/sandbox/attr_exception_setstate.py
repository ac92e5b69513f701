# technique: BaseException.__setstate__ sets any attribute
# expected: rejected
e = ValueError(1)
e.__setstate__({"__traceback__": None, "x": 1})
result = e.x
