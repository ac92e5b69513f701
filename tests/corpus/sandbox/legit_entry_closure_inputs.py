# technique: BENIGN - inputs are also names of the program
# expected: accepted
# expect: {'x': [1, 2, 3], 'opts': {'a': [1, 2], 'b': []}, 'same': 3}
# inputs: {"rows": [3, 1, 2], "label": "x", "opts": {"a": [1, 2], "b": None}}
ordered = sorted(rows)
result = {label: ordered, "opts": {k: v or [] for k, v in opts.items()}, "same": rows[0]}
