# technique: keyword-only parameter named like a guard
# expected: rejected
def f(*, _getattr_=None):
    return _getattr_
result = f()
