# technique: BENIGN - lambdas: defaults, keyword-only, immediate calls, dispatch table
# expected: accepted
# expect: [3, -6, ((1,), {'x': 2}), 11, [3, 8], [1, 'a']]
ops = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "neg": lambda a, /, *, k=1: -a * k}
compose = lambda *fs: lambda x: x if not fs else compose(*fs[:-1])(fs[-1](x))
result = [ops["+"](1, 2), ops["neg"](3, k=2), (lambda *a, **k: (a, k))(1, x=2), compose(lambda x: x + 1, lambda x: x * 2)(5), list(map(lambda x, y: x * y, [1, 2], [3, 4])), list(filter(None, [0, 1, "", "a"]))]
