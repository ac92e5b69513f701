# technique: private method of the library through a subclass, called on a class
# expected: contained: error
from contextlib import contextmanager
@contextmanager
def f():
    yield
class Y(type(f())):
    pass
class X:
    func = "M"
    args = ()
    kwds = {"a": 1}
result = "ESCAPED " + str(Y._recreate_cm(X))
