# technique: forbidden dunder bound by for, with and except in the class body
# expected: rejected
class A:
    for __getattribute__ in [len]:
        pass
result = "ran"
