# technique: BENIGN - ordinary program: registry strategy
# expected: accepted
# expect: [['add', 'mul'], 5, 6, {'symbol': '+'}, False, 'duplicate add']
from typing import Callable, Dict
class Registry:
    def __init__(self):
        self._items: Dict[str, Callable] = {}
    def __call__(self, name=None, **meta):
        def wrap(fn):
            key = name or fn.__name__
            if key in self._items:
                raise KeyError(f"duplicate {key}")
            self._items[key] = fn
            fn.meta = meta
            return fn
        return wrap
    def __getitem__(self, key): return self._items[key]
    def __contains__(self, key): return key in self._items
    def __iter__(self): return iter(sorted(self._items))
op = Registry()
@op("add", symbol="+")
def plus(a, b): return a + b
@op(symbol="*")
def mul(a, b): return a * b
try:
    @op("add")
    def again(a, b): ...
except KeyError as e:
    dup = e.args[0]
result = [list(op), op["add"](2, 3), op["mul"](2, 3), plus.meta, "sub" in op, dup]
