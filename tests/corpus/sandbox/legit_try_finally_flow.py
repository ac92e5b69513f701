# technique: BENIGN - try/except/else/finally with returns and re-raise
# expected: accepted
# expect: [[2.5, 'zero', 'type'], 'g', ['try', 'else', 'finally', 'try', 'except', 'finally', 'try', 'TypeError', 'finally', 0, 1, 2]]
log = []
def f(x):
    try:
        log.append("try")
        v = 10 / x
    except ZeroDivisionError:
        log.append("except")
        return "zero"
    except (TypeError, ValueError) as e:
        log.append(type(e).__name__)
        raise
    else:
        log.append("else")
        return v
    finally:
        log.append("finally")
out = [f(4), f(0)]
try:
    f("a")
except TypeError:
    out.append("type")
def g():
    for i in range(3):
        try:
            continue
        finally:
            log.append(i)
    return "g"
result = [out, g(), log]
