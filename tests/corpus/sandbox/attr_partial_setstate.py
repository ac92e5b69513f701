# technique: partial.__setstate__ writes the instance dict
# expected: rejected
import functools
p = functools.partial(int)
p.__setstate__((print, (), {}, {"__class__": 1}))
result = "ran"
