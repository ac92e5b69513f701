# technique: violations that quote a name of 60,000 characters
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "x = 1\nx.__" + "a" * 60000 + "__\n"
