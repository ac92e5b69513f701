# technique: a refusal inside a C call back to Python
# expected: rejected
result = sorted([1, 2], key=lambda x: getattr(x, "__sub" + "class__", 0))
