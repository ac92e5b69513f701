# technique: 21 nested for loops: the compiler's own limit
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "".join(" " * i + "for x in [1]:\n" for i in range(30)) + " " * 30 + "pass\nresult = 1"
