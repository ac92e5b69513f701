# technique: BENIGN - ordinary program: itertools recipes more
# expected: accepted
# expect: [[5, 7, 9], [('A', 'B'), ('C', 'D'), ('E', '-')], [(0, 1, 2), (1, 2, 3), (2, 3, 4)], 16, ([0, 2, 4], [1, 3, 5]), 'ADEBFC', [3, 3, 4, 4], [('a', 2), ('b', 1), ('c', 3)], [8, 9], 11, [('a', 'b'), ('b', 'c')], {'a': 0, 'b': 0}]
import itertools as it
import operator as op
from collections import deque
def take(n, xs): return list(it.islice(xs, n))
def grouper(xs, n, fill=None): return it.zip_longest(*[iter(xs)] * n, fillvalue=fill)
def sliding(xs, n):
    xs = iter(xs)
    win = deque(it.islice(xs, n - 1), maxlen=n)
    for x in xs:
        win.append(x)
        yield tuple(win)
def powerset(xs): return it.chain.from_iterable(it.combinations(xs, r) for r in range(len(xs) + 1))
def partition(pred, xs):
    a, b = it.tee(xs)
    return list(it.filterfalse(pred, a)), list(filter(pred, b))
def roundrobin(*xs):
    its = it.cycle(iter(x).__next__ for x in xs)
    left = len(xs)
    while left:
        try:
            for n in its:
                yield n()
        except StopIteration:
            left -= 1
            its = it.cycle(it.islice(its, left))
result = [take(3, it.count(5, 2)), list(grouper("ABCDE", 2, "-")), list(sliding(range(5), 3)), len(list(powerset("abcd"))), partition(lambda x: x % 2, range(6)), "".join(roundrobin("ABC", "D", "EF")), list(it.accumulate([3, 1, 4, 1], max)), [(k, len(list(g))) for k, g in it.groupby("aabccc")], list(it.starmap(pow, [(2, 3), (3, 2)])), sum(map(op.mul, [1, 2], [3, 4])), list(it.pairwise("abc")), dict(zip("ab", it.repeat(0)))]
