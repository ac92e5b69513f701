# technique: *args and **kwargs named like guards
# expected: rejected
def f(*_getiter_, **_getitem_):
    return 1
result = f()
