# technique: BENIGN - methods of library classes on their objects
# expected: accepted
# expect: [{'a': 1, 'b': 2}, [('a', 2)], ['<a', '<b', '>a', 'done', '>b'], [1, 2], {'a': 1, 'b': 2}, 3, 'WRITE']
from collections import ChainMap, Counter, UserDict, UserList
from contextlib import ExitStack, contextmanager
from enum import Flag, auto
class Right(Flag):
    READ = auto()
    WRITE = auto()
class Bag(UserList):
    def copy(self):
        return super().copy()
@contextmanager
def tag(name, out):
    out.append("<" + name)
    yield name
    out.append(">" + name)
out = []
with ExitStack() as stack, tag("a", out):
    stack.enter_context(tag("b", out))
    stack.callback(out.append, "done")
result = [
    dict(ChainMap({"a": 1}).new_child({"b": 2})), Counter.copy(Counter("aab")).most_common(1), out,
    list(Bag([1]).copy() + [2]), dict(UserDict(a=1) | {"b": 2}), (Right.READ | Right.WRITE).value, (~Right.READ).name,
]
