# technique: BENIGN - mutable defaults, callable defaults, default expressions
# expected: accepted
# expect: [(['1'], 1), (['1', '2'], 1), ([3.0], 1), 2]
counter = 0
def tick():
    global counter
    counter += 1
    return counter
def add(x, acc=[], *, now=tick(), conv=str):
    acc.append(conv(x))
    return list(acc), now
result = [add(1), add(2), add(3, [], conv=float), tick()]
