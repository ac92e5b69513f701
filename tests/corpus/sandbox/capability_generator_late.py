# technique: a generator calls a capability when it is collected
# expected: harmless
def g():
    try:
        yield 1
    finally:
        note("late")
it = g()
next(it)
result = "ran"
