# technique: a traceback of a thousand lines, each 5,000 characters long
# expected: contained: recursion
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def f(n):\n    return f(n + 1) + " + "+".join(["1"] * 4000) + "\nf(0)\n"
