# technique: functions, generators, classes and subclasses as arguments
# expected: harmless
class S(str):
    pass
out = []
for value in (len, (x for x in ()), S("a"), object(), [lambda: 0], int, lookup):
    try:
        note(value)
        out.append("crossed")
    except TypeError:
        out.append("TypeError")
result = out
