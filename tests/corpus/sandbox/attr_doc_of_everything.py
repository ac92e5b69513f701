# technique: __doc__ and __name__ of builtins are text
# expected: harmless
result = [type(len.__doc__).__name__, len.__name__, int.__qualname__]
