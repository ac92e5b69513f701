# technique: BENIGN - sorting: stability, multiple keys, reverse, by mapping, in place
# expected: accepted
# expect: [[('c', 0), ('a', 0), ('b', 1), ('a', 1)], [('a', 1), ('b', 1), ('a', 0), ('c', 0)], [('c', 0), ('a', 1), ('a', 0), ('b', 1)], ['A', 'b', 'c'], [('y', 1), ('x', 2)], ('a', 0), [True, 2.5, 3]]
rows = [("b", 1), ("a", 1), ("c", 0), ("a", 0)]
order = {"c": 0, "a": 1, "b": 2}
xs = rows[:]
xs.sort(key=lambda r: r[1])
ys = sorted(sorted(rows), key=lambda r: r[1], reverse=True)
result = [xs, ys, sorted(rows, key=lambda r: (order[r[0]], -r[1])), sorted("bAc", key=str.lower), sorted({"x": 2, "y": 1}.items(), key=lambda kv: kv[1]), list(reversed(rows))[0], sorted([True, 3, 2.5])]
