# technique: ifs nested beyond the indentation limit
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "".join(" " * i + "if 1:\n" for i in range(150)) + " " * 150 + "pass\nresult = 1"
