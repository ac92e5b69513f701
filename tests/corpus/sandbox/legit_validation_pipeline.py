# technique: BENIGN - validators as functions, errors collected, partial application
# expected: accepted
# expect: ([{'name': 'a', 'age': 3}], {1: ['name is required', 'age must be in 0..150'], 2: ['name is required', 'age must be in 0..150']})
from functools import partial
def required(field, row):
    return None if row.get(field) not in (None, "") else f"{field} is required"
def between(field, lo, hi, row):
    v = row.get(field)
    return None if isinstance(v, (int, float)) and lo <= v <= hi else f"{field} must be in {lo}..{hi}"
rules = [partial(required, "name"), partial(between, "age", 0, 150)]
def validate(rows):
    good, bad = [], {}
    for i, row in enumerate(rows):
        errors = [msg for rule in rules if (msg := rule(row)) is not None]
        if errors:
            bad[i] = errors
        else:
            good.append(row)
    return good, bad
result = validate([{"name": "a", "age": 3}, {"name": "", "age": 200}, {}])
