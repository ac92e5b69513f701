# technique: BENIGN - chained comparisons, ternaries, short circuits, identity
# expected: accepted
# expect: [True, True, 'b', 'z', [0, 3, 'z'], True, True, True, 'last', True]
x = 5
log = []
def t(v):
    log.append(v)
    return v
result = [1 < x <= 5, 1 < x > 2 != 3, "a" if x > 9 else "b" if x > 4 else "c", t(0) or t(3) and t("z"), log, x is not None, not x == 4, None is None, [] or {} or "last", x in (1, 5) and x not in [2]]
