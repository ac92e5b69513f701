# technique: 5,000 local names
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def f():\n" + "".join(f"    v{i} = {i}\n" for i in range(3000)) + "    return v0\nresult = f()"
