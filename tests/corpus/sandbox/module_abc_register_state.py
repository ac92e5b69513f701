# technique: registering int with an ABC of the library must not reach the host
# expected: contained: state
import collections.abc
try:
    collections.abc.Sized.register(int)
except BaseException:
    pass
result = 1
