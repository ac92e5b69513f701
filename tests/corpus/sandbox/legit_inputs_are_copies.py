# technique: BENIGN - inputs may be changed by the program
# expected: accepted
# expect: {'a': 1, 'b': [1, 3, 9]}
# inputs: {"rows": [3, 1], "d": {"a": 1}}
rows.append(9)
rows.sort()
d["b"] = rows
result = d
