# technique: import inside a function that is never called
# expected: rejected
def f():
    import importlib
    return importlib.import_module("os")
result = "ran"
