# technique: brackets in a triple-quoted text with quotes and backslashes
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = 'x = """' + "({[" * 500 + ' \\""" \' " ' + "(" * 200 + '"""\nresult = len(x)'
