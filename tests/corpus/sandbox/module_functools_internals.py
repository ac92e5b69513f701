# technique: functools.recursive_repr, GenericAlias, RLock
# expected: rejected
import functools
result = str(functools.RLock())
