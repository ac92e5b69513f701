# technique: add_note adds text
# expected: harmless
try:
    raise ValueError("a")
except ValueError as e:
    e.add_note("more")
    result = str(e)
