# technique: 2,000 parameters
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def f(" + ",".join(f"a{i}=0" for i in range(2000)) + "):\n    return a1\nresult = f()"
