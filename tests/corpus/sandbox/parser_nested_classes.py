# technique: classes nested 15 deep
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "".join("    " * i + f"class A{i}:\n" for i in range(15)) + "    " * 15 + "x = 1\nresult = 1"
