# technique: a SyntaxError of the program with hostile attributes
# expected: contained: error
e = SyntaxError("m", ("/etc/passwd", 10 ** 9, 10 ** 9, "text" * 10 ** 5))
e.filename = "/etc/shadow"
e.lineno = "x"
raise e
