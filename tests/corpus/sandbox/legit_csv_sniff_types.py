# technique: BENIGN - csv.reader with a delimiter and conversion of types
# expected: accepted
# expect: [['a', 'b', 'c', 'd'], [1, 2.5, True, None], ['x', -3, False, '0x1']]
import csv
def convert(v):
    for kind in (int, float):
        try:
            return kind(v)
        except ValueError:
            pass
    return {"true": True, "false": False, "": None}.get(v.lower(), v)
lines = ["a;b;c;d", "1;2.5;true;", "x;-3;FALSE;0x1"]
result = [[convert(v) for v in row] for row in csv.reader(lines, delimiter=";")]
