# technique: forbidden dunder bound by walrus in the class body
# expected: rejected
class A:
    (__reduce__ := 1)
result = "ran"
