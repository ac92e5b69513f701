# technique: BENIGN - global statement and module-level accumulators
# expected: accepted
# expect: {'total': 6, 'calls': [1, 2, 3]}
total, calls = 0, []
def add(x):
    global total
    total += x
    calls.append(x)
    return total
for v in (1, 2, 3):
    add(v)
result = {"total": total, "calls": calls}
