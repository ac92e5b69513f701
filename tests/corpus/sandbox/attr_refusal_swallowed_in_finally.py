# technique: a finally with return discards the exception of the guard
# expected: rejected
def f():
    try:
        return getattr((), "__cl" + "ass__")
    finally:
        return 1
result = f()
