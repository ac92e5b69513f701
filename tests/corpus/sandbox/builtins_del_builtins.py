# technique: del __builtins__
# expected: rejected
del __builtins__
result = "ran"
