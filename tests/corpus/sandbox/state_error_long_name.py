# technique: a class name of 20,000 characters
# expected: contained: error
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "class " + "E" * 20000 + "(Exception):\n    pass\nraise " + "E" * 20000 + "()"
