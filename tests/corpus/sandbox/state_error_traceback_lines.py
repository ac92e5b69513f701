# technique: the traceback shows lines of the program only, capped
# expected: contained: error
import json
def f():
    return json.loads("{", object_hook=lambda d: 1 / 0)
def g():
    return f()
g()
