# technique: a refusal raised while a generator is closed
# expected: rejected
def g():
    try:
        yield 1
    finally:
        getattr(int, "__ba" + "se__")
it = g()
next(it)
it.close()
result = "ran"
