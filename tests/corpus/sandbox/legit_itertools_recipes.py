# technique: BENIGN - itertools: groupby, chain, islice, accumulate, pairwise, product, zip_longest
# expected: accepted
# expect: [{'a': ['ant', 'apple'], 'b': ['bee'], 'c': ['cat', 'cow']}, [1, 2, 3], ['a', 'b', 'c'], [5, 7, 9], [1, 2, 6], [('a', 'b'), ('b', 'c')], [(0, 0), (0, 1), (1, 0), (1, 1)], [('a', 'b'), ('a', 'c'), ('b', 'c')], 24, [(1, 'a'), (2, '-')], [0, 1, 2], [2, 1], [8, 9], ['x', 'y', 'x'], [0, 1, 2, 0, 1, 2], [1, 1]]
from itertools import (accumulate, chain, combinations, count, cycle, dropwhile, groupby, islice, pairwise, permutations, product, repeat,
                       starmap, takewhile, tee, zip_longest)
words = sorted(["apple", "ant", "bee", "cat", "cow"])
a, b = tee(range(3))
result = [
    {k: list(g) for k, g in groupby(words, key=lambda w: w[0])}, list(chain([1], (2, 3))), list(chain.from_iterable(["ab", "c"])),
    list(islice(count(5, 2), 3)), list(accumulate([1, 2, 3], lambda x, y: x * y)), list(pairwise("abc")), list(product([0, 1], repeat=2)),
    list(combinations("abc", 2)), len(list(permutations(range(4)))), list(zip_longest([1, 2], "a", fillvalue="-")),
    list(takewhile(lambda x: x < 3, count())), list(dropwhile(lambda x: x < 2, [1, 2, 1])), list(starmap(pow, [(2, 3), (3, 2)])),
    [x for x, _ in zip(cycle("xy"), range(3))], list(a) + list(b), list(repeat(1, 2))]
