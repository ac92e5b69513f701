# technique: __builtins__["open"]
# expected: rejected
result = __builtins__["open"](CANARY).read()
