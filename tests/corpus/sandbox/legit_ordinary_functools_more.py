# technique: BENIGN - ordinary program: functools more
# expected: accepted
# expect: [True, (1, 12), 1, 8, ['a', 'c', 'ab', 'bb'], '5', 5, {'base': 2}, True]
from functools import cached_property, cmp_to_key, lru_cache, partial, partialmethod, reduce, total_ordering
@total_ordering
class V:
    def __init__(self, s): self.parts = tuple(map(int, s.split(".")))
    def __eq__(self, o): return self.parts == o.parts
    def __lt__(self, o): return self.parts < o.parts
    def __hash__(self): return hash(self.parts)
class Data:
    loads = 0
    @cached_property
    def rows(self):
        type(self).loads += 1
        return [1, 2, 3]
    def scale(self, by, x): return by * x
    double = partialmethod(scale, 2)
def by_len_then_alpha(a, b):
    return len(a) - len(b) or (a > b) - (a < b)
d = Data()
d.rows, d.rows
compose = lambda *fs: reduce(lambda f, g: lambda x: f(g(x)), fs)
p = partial(int, base=2)
result = [V("1.10") >= V("1.9"), max(map(V, ["1.2", "1.12"])).parts, Data.loads, d.double(4), sorted(["bb", "a", "ab", "c"], key=cmp_to_key(by_len_then_alpha)), compose(str, abs, int)("-5"), p("101"), p.keywords, p.func is int]
