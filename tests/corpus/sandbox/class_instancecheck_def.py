# technique: __subclasshook__ makes anything an instance
# expected: rejected
import abc
class A(abc.ABC):
    @classmethod
    def __subclasshook__(cls, other):
        return True
result = isinstance(1, A)
