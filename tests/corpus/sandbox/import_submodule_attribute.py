# technique: import collections binds the package; .abc.sys through it
# expected: rejected
import collections.abc
result = collections.abc.sys
