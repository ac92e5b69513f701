# technique: a name bound in one function is not bound in another
# expected: rejected
def f():
    exec = 1
    return exec
result = exec
