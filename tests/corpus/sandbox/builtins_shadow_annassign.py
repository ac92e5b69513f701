# technique: annotation without a value
# expected: rejected
__builtins__: dict
_getattr_: object
result = "ran"
