# technique: __qualname__ and __module__ bound in a class body
# expected: rejected
class A:
    __qualname__ = "os.system"
    __module__ = "os"
result = "ran"
