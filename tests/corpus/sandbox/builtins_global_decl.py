# technique: global __builtins__ inside a function
# expected: rejected
def f():
    global __builtins__
    __builtins__ = {}
f()
result = "ran"
