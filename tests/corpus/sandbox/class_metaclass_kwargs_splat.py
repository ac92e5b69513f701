# technique: class X(**{"metaclass": M})
# expected: rejected
import abc
class X(**{"metaclass": type(abc.ABC)}):
    pass
result = "ran"
