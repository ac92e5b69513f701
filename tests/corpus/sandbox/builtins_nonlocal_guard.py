# technique: nonlocal and parameter named like a guard
# expected: rejected
def f(_inplacevar_):
    def g():
        nonlocal _inplacevar_
        _inplacevar_ = 1
    g()
    return _inplacevar_
result = f(2)
