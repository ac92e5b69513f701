# technique: a dunder keyword in a call binds nothing outside
# expected: harmless
def f(**kw):
    return sorted(kw)
result = f(**{"__builtins__": 1})
