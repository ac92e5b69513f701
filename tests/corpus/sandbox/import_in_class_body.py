# technique: import in a class body
# expected: rejected
class A:
    import os as o
result = A.o.environ["CANARY_TOKEN"]
