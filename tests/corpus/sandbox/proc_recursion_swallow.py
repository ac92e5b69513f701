# technique: RecursionError swallowed at every level stays exponential or ends
# expected: harmless
def f(n):
    try:
        return f(n + 1)
    except RecursionError:
        return n
result = f(0) > 10
