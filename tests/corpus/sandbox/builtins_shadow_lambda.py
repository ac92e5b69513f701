# technique: lambda parameters named like guards
# expected: rejected
f = lambda _print_, /, _write_=1, *_apply_, _x_=2, **_y_: 1
result = f(1)
