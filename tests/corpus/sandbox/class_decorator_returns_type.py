# technique: a class decorator that returns something else
# expected: harmless
@lambda c: 5
class A:
    pass
result = A
