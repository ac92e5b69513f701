# technique: forbidden dunder bound by import in the class body
# expected: rejected
class A:
    from math import floor as __reduce__
result = "ran"
